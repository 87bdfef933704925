import { isFedscoreError } from "../../src/errors.js";

/** What callers in plain JavaScript pass by mistake. */
export const wrongKinds: readonly unknown[] = [undefined, null, {}, "x", 1, Number.NaN, [], new Date(0)];

/** The arguments with one of them, or one key of one that is a plain object, replaced by each wrong kind; and each call cut short. */
export function* mistaken(legal: readonly unknown[]): Generator<readonly unknown[]> {
  for (let length = 0; length < legal.length; length++) yield legal.slice(0, length);
  for (const [position, argument] of legal.entries()) {
    for (const wrong of wrongKinds) yield legal.with(position, wrong);
    for (const changed of changesOf(argument)) yield legal.with(position, changed);
  }
}

/** A plain object with each of its keys, or an array with its first entry, left out or of a wrong kind in turn, two levels deep. */
function* changesOf(value: unknown, depth = 2): Generator<object> {
  if (depth > 0 && Array.isArray(value) && value.length > 0) {
    for (const wrong of wrongKinds) yield value.with(0, wrong);
    for (const changed of changesOf(value[0], depth)) yield value.with(0, changed);
  }
  if (depth === 0 || !isPlain(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const { [key]: _, ...rest } = value;
    yield rest;
    for (const wrong of wrongKinds) yield { ...value, [key]: wrong };
    for (const changed of changesOf(inner, depth - 1)) yield { ...value, [key]: changed };
  }
}

/** What a caller writes: no engine, which has the exports of a WebAssembly instance. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !("kernels" in value)
  );
}

const refusals: readonly string[] = [
  "FEDSCORE_INVALID_ARGUMENT",
  "FEDSCORE_INVALID_TYPE",
  "FEDSCORE_INVALID_DATA",
  "FEDSCORE_INVALID_CONFIG",
  "FEDSCORE_FILE",
  "FEDSCORE_NON_FINITE",
  "FEDSCORE_UNSUPPORTED",
  "FEDSCORE_BOUND_VIOLATED",
];

/** What is wrong with how a call ends: undefined where it answers without NaN or refuses its arguments with a code of its own. */
export async function faultOf(
  call: () => unknown,
  { allowed = [], mayHoldNaN = false }: { readonly allowed?: readonly unknown[]; readonly mayHoldNaN?: boolean } = {},
): Promise<string | undefined> {
  try {
    const answer: unknown = await call();
    return !mayHoldNaN && holdsNaN(answer) ? "answers with NaN" : undefined;
  } catch (error) {
    if (allowed.includes(error)) return undefined;
    if (isFedscoreError(error) && refusals.includes(error.code)) return undefined;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function holdsNaN(value: unknown, depth = 4): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (value instanceof Float32Array || value instanceof Float64Array) return value.some(Number.isNaN);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth === 0) return false;
  return Object.values(value).some((inner) => holdsNaN(inner, depth - 1));
}

/** A call as a message names it. */
export function written(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map((argument) => text(argument)).join(", ")})`;
}

function text(value: unknown, depth = 0): string {
  if (typeof value === "function") return "function";
  if (typeof value === "object" && value !== null && !isPlain(value)) {
    return Array.isArray(value) ? `[${value.length}]` : (value.constructor?.name ?? "object");
  }
  if (!isPlain(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  if (depth > 1) return "{...}";
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${text(inner, depth + 1)}`)
    .join(", ")} }`;
}
