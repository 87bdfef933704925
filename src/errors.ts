export const errorCodes = [
  "FEDSCORE_INVALID_ARGUMENT",
  "FEDSCORE_INVALID_TYPE",
  "FEDSCORE_INVALID_CONFIG",
  "FEDSCORE_INVALID_DATA",
  "FEDSCORE_FILE",
  "FEDSCORE_UNSUPPORTED",
  "FEDSCORE_OUT_OF_MEMORY",
  "FEDSCORE_NON_FINITE",
  "FEDSCORE_TOO_FEW_UPDATES",
  "FEDSCORE_WORKER",
  "FEDSCORE_MESSAGE",
  "FEDSCORE_DENIED",
  "FEDSCORE_CHECKPOINT",
  "FEDSCORE_ABORTED",
  "FEDSCORE_BOUND_VIOLATED",
] as const;

/** Stable codes: programs may test them, messages may change. */
export type ErrorCode = (typeof errorCodes)[number];

/** Whether an error is one of this package, of whichever class and copy of it: `error.code` then says what went wrong. */
export function isFedscoreError(error: unknown): error is Error & { readonly code: ErrorCode } {
  return error instanceof Error && "code" in error && (errorCodes as readonly unknown[]).includes(error.code);
}

/** An error of this package: `code` is stable, `details` carries the values that the message names. */
export class FedscoreError extends Error {
  override readonly name: string = "FedscoreError";
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** A value outside the range its argument allows; the message is "argument rule, got value". */
export class ArgumentError extends RangeError {
  readonly code: ErrorCode = "FEDSCORE_INVALID_ARGUMENT";
  readonly argument: string;

  constructor(argument: string, rule: string, value: unknown) {
    super(`${argument} ${rule}, got ${describeValue(value)}`);
    this.argument = argument;
  }
}

/** A value of the wrong type. */
export class ArgumentTypeError extends TypeError {
  readonly code: ErrorCode = "FEDSCORE_INVALID_TYPE";
  readonly argument: string;

  constructor(argument: string, rule: string, value: unknown) {
    super(`${argument} ${rule}, got ${describeValue(value)}`);
    this.argument = argument;
  }
}

/** What a terminal or a reader's eye would take for something else: control characters that JSON leaves, and those that turn text around. */
const misleading = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A value in a message: short, and whatever its characters, on one line. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return quoted(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (typeof value === "object" && value !== null) return constructorName(value);
  return typeof value === "function" ? "a function" : String(value);
}

/** Also of an object whose constructor is whatever its maker made it. */
function constructorName(value: object): string {
  const { constructor: maker } = value;
  const name = typeof maker === "function" ? maker.name : undefined;
  return typeof name === "string" && name !== "" ? name : "object";
}

function quoted(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(misleading, escaped);
}

/** Throws unless value is an integer with low <= value <= high. */
export function requireInteger(argument: string, value: number, low: number, high = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number") throw new ArgumentTypeError(argument, "must be a number", value);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new ArgumentError(argument, integerRule(low, high, value), value);
  }
  return value;
}

/** The rule that a value breaks: where `high` is that of all exact integers, it is said to those that lie beyond. */
export function integerRule(low: number, high: number, value: number): string {
  const isOpen = high >= Number.MAX_SAFE_INTEGER;
  if (isOpen && !(Number.isInteger(value) && value > low)) return `must be an integer >= ${low}`;
  return `must be an integer in [${low}, ${isOpen ? Number.MAX_SAFE_INTEGER : high}]`;
}

/** Throws unless value is finite and `test` holds; `rule` is the sentence that says what `test` checks. */
export function requireNumber(
  argument: string,
  value: number,
  rule = "must be finite",
  test: (value: number) => boolean = () => true,
): number {
  if (typeof value !== "number") throw new ArgumentTypeError(argument, "must be a number", value);
  if (!Number.isFinite(value) || !test(value)) throw new ArgumentError(argument, rule, value);
  return value;
}

/** Throws unless value is a number, whichever: NaN and infinite ones too. */
export function requireAnyNumber(argument: string, value: unknown): void {
  if (typeof value !== "number") throw new ArgumentTypeError(argument, "must be a number", value);
}

/** Throws unless value is an object: what callers in plain JavaScript may forget. */
export function requireObject<T extends object>(argument: string, value: T, rule = "must be an object"): T {
  if (typeof value !== "object" || value === null) throw new ArgumentTypeError(argument, rule, value);
  return value;
}

/** Throws unless value is a function. */
export function requireFunction(argument: string, value: unknown): void {
  if (typeof value !== "function") throw new ArgumentTypeError(argument, "must be a function", value);
}

/** Throws unless value is an object with these methods. */
export function requireMethods<T extends object, Name extends Extract<keyof T, string>>(
  argument: string,
  value: T,
  names: readonly Name[],
): T {
  const object = requireObject(
    argument,
    value,
    `must be an object with the method${names.length > 1 ? "s" : ""} ${names.join(", ")}`,
  );
  for (const name of names) requireFunction(`${argument}.${name}`, object[name]);
  return object;
}

/** Throws unless value is an array without holes, over which map and forEach would step; `rule` says of what. */
export function requireArray(
  argument: string,
  value: unknown,
  rule = "must be an array",
): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentTypeError(argument, rule, value);
  for (let index = 0; index < value.length; index++) {
    if (!(index in value))
      throw new ArgumentTypeError(`${argument}[${index}]`, "must not be a hole of the array", undefined);
  }
}

/** What all typed arrays are instances of. */
const TypedArray: new () => object = Object.getPrototypeOf(Uint8Array);

/** Throws unless value can be iterated over, a text apart. */
export function requireIterable(argument: string, value: unknown): void {
  const iterates = typeof value === "object" && value !== null && Symbol.iterator in value;
  if (!iterates || (value instanceof TypedArray && !ArrayBuffer.isView(value)))
    throw new ArgumentTypeError(argument, "must be an array or another iterable", value);
  if (ArrayBuffer.isView(value)) requireAttached(argument, value);
}

/** Throws unless value is a text. */
export function requireText(argument: string, value: unknown): void {
  if (typeof value !== "string") throw new ArgumentTypeError(argument, "must be a text", value);
}

/** Throws unless value is true or false. */
export function requireBoolean(argument: string, value: unknown): void {
  if (typeof value !== "boolean") throw new ArgumentTypeError(argument, "must be true or false", value);
}

/** Throws unless value is a typed array of a kind, whose memory has not been given away. */
export function requireTyped<T>(
  argument: string,
  value: unknown,
  Kind: new (...parameters: never[]) => T,
): asserts value is T {
  if (!(value instanceof Kind && ArrayBuffer.isView(value)))
    throw new ArgumentTypeError(argument, `must be a ${Kind.name}`, value);
  requireAttached(argument, value);
}

/** Throws where the buffer of a view was transferred, to a worker for example. */
function requireAttached(argument: string, view: ArrayBufferView): void {
  if (view.byteLength === 0 && isDetached(view.buffer))
    throw new ArgumentTypeError(argument, "must have its memory, which was transferred elsewhere", view);
}

function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Throws unless value is a Float32Array, of `length` entries where that is given. */
export function requireFloats(argument: string, value: Float32Array, length?: number): void {
  requireTyped(argument, value, Float32Array);
  if (length !== undefined) requireLength(argument, value, length);
}

/** Throws unless value is an array or a typed array. */
export function requireList(argument: string, value: ArrayLike<number>): void {
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!isList) throw new ArgumentTypeError(argument, "must be an array of numbers", value);
  if (ArrayBuffer.isView(value)) requireAttached(argument, value);
}

/** Throws unless value is an array or a typed array of finite numbers. */
export function requireNumbers(argument: string, value: ArrayLike<number>): void {
  requireList(argument, value);
  for (let i = 0; i < value.length; i++) requireNumber(`${argument}[${i}]`, value[i]);
}

/** Throws unless the array has exactly `length` entries. */
export function requireLength(argument: string, array: { readonly length: number }, length: number): void {
  if (array.length !== length) throw new ArgumentError(argument, `must have ${length} entries`, array.length);
}

/** Throws unless value is the signal of an AbortController. */
export function requireSignal(argument: string, value: unknown): void {
  if (value instanceof AbortSignal) return;
  throw new ArgumentTypeError(argument, "must be an AbortSignal, such as the signal of an AbortController", value);
}

/** Throws FEDSCORE_ABORTED when the signal has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FedscoreError("FEDSCORE_ABORTED", "the operation was aborted", {}, signal.reason);
}
