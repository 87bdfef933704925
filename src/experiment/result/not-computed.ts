import * as z from "zod";
import { errorCodes, requireObject } from "../../errors.js";

/** What stands in a result in the place of a part that could not be computed. */
export const notComputed = z.strictObject({
  notComputed: z.string().describe("Why there is no such part: what its computation ended with."),
  code: z.enum(errorCodes).describe("Code of that error."),
  needs: z
    .string()
    .exactOptional()
    .describe("The part that this one is made from, where it was that part that could not be computed."),
});

/** Why a part of a result could not be computed. */
export type NotComputed = Readonly<z.output<typeof notComputed>>;

/** A part of a result, or why it could not be computed. */
export type Part<T> = T | NotComputed;

/** The type of a part where it was computed. */
export type Computed<P> = Exclude<NonNullable<P>, NotComputed>;

/** The schema of a part that may not have been computed. */
export function partOf<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, notComputed]);
}

/** Whether a part of a result is missing because it could not be computed. */
export function isNotComputed(part: unknown): part is NotComputed {
  return typeof part === "object" && part !== null && "notComputed" in part;
}

/** The part, or undefined where it could not be computed. */
export function ifComputed<T>(part: Part<T>): T | undefined {
  return isNotComputed(part) ? undefined : part;
}

/** Why a part is missing that is made from another one, which could not be computed. */
export function without(part: string, { notComputed: reason, code, needs = part }: NotComputed): NotComputed {
  return { notComputed: `it is made from ${part}, not computed: ${reason}`, code, needs };
}

/** A part of a result that could not be computed. */
export interface FailedPart extends NotComputed {
  /** Where it stands: "measured.mmd.floor". */
  readonly part: string;
}

/** The parts of a result that could not be computed, in its order. Throws ArgumentTypeError for what is no result. */
export function failedParts(result: object): FailedPart[] {
  return Object.entries(requireObject("result", result)).flatMap(([key, value]) =>
    key === "config" ? [] : failedIn(key, value),
  );
}

function failedIn(path: string, value: unknown): FailedPart[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, each]) => failedIn(`${path}.${nameOf(key, each)}`, each));
  if (!isNotComputed(value)) return inner;
  const { notComputed: reason, code, needs } = value;
  return [{ part: path, notComputed: reason, code, ...(needs !== undefined && { needs }) }, ...inner];
}

/** Entries of lists by their names, where they have some. */
function nameOf(key: string, value: unknown): string {
  if (typeof value !== "object" || value === null || !("name" in value)) return key;
  return typeof value.name === "string" ? value.name : key;
}

/** One sentence about parts that could not be computed: each with its reason, and what is made from it. */
export function failureSentence(failed: readonly FailedPart[]): string {
  const reasons = new Map<string, string[]>();
  for (const { part, notComputed: reason, needs } of failed) {
    if (failed.some((each) => each.part === needs)) continue;
    const made = failed.filter((each) => each.needs === part).map((each) => each.part);
    const words = made.length > 0 ? `${part}, needed by ${made.join(", ")}` : part;
    reasons.set(reason, [...(reasons.get(reason) ?? []), words]);
  }
  const sentences = [...reasons].map(([reason, parts]) => `${parts.join(" and ")} (${reason})`);
  return `not computed: ${sentences.join("; ")}`;
}
