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
  "FEDSCORE_OUT_OF_MEMORY",
  "FEDSCORE_BOUND_VIOLATED",
];

/** What the end of a call may be besides an answer of finite numbers and a refusal. */
export interface Allowed {
  /** Errors that the arguments themselves throw. */
  readonly errors?: readonly unknown[];
  /** NaN and infinities, where what was measured has some. */
  readonly nonFinite?: boolean;
}

/** What is wrong with how a call ends: undefined where it answers with finite numbers or refuses its arguments with a code of its own. */
export async function faultOf(
  call: () => unknown,
  { errors = [], nonFinite = false }: Allowed = {},
): Promise<string | undefined> {
  try {
    const answer: unknown = await call();
    const found = nonFinite ? undefined : nonFiniteIn(answer);
    return found === undefined ? undefined : `answers with ${found}`;
  } catch (error) {
    if (errors.includes(error)) return undefined;
    if (isFedscoreError(error) && refusals.includes(error.code)) return undefined;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** The first number of a value that is NaN or infinite; of objects four levels deep, of long arrays the first thousand entries. */
function nonFiniteIn(value: unknown, depth = 4): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : value;
  if (value instanceof Float32Array || value instanceof Float64Array)
    return value.find((each) => !Number.isFinite(each));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth === 0) return undefined;
  for (const inner of Object.values(value).slice(0, 1000)) {
    const found = nonFiniteIn(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
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
