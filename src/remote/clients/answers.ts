import { firstNonFinite } from "../../data/finite.js";
import { type Moments, requireMoments } from "../../data/moments.js";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import type { Encoding } from "../../federation/encodings/index.js";
import type { ClientReport } from "../../federation/messages.js";
import { fieldOf, integerIn, objectIn, refused } from "../protocol.js";
import { type ClassCounts, mostClasses } from "./policy.js";

/** Where one client ended in one round. */
export interface ClientUpdate {
  /** float32 [kept]: see ClientOutcome. */
  readonly local: Float32Array;
  readonly report: ClientReport;
  /** Whether it was no longer than the largest norm before it was clipped; absent: there is none. */
  readonly isWithin?: boolean;
  /** float32 [kept]: the client's new control variate; absent: its rule has none. */
  readonly control?: Float32Array;
}

/** What an update must be. */
export interface ExpectedUpdate {
  readonly client: number;
  readonly round: number;
  readonly localSteps: number;
  /** float32 [kept]: where the client seems to start. */
  readonly start: Float32Array;
  /** How updates travel; undefined: as float32. */
  readonly encoding: Encoding | undefined;
  /** Greatest flops of its report. */
  readonly flops: number;
  /** Largest distance from its start. */
  readonly maximumNorm: number;
  /** Whether it was to be clipped. */
  readonly clips: boolean;
  /** Whether its rule has control variates. */
  readonly controls: boolean;
}

/** Where updates are refused that nobody limits, and control variates: those of a network that trains are far smaller. */
export const defaultNorm = 1e6;

/** Bytes of an answer beside its parameters. */
const aside = 4096;

/** Most bytes of the answer to a task. */
export const mostUpdateBytes = (kept: number, encoding: Encoding | undefined, controls: boolean): number =>
  (encoding ? encoding.mostBytes(kept) : 4 * kept) + (controls ? 4 * kept : 0) + aside;
export const mostMomentsBytes = (dimension: number): number => 8 * dimension * (dimension + 2) + aside;
export const mostSmallBytes = 2 ** 20;

/** @throws FedscoreError FEDSCORE_MESSAGE saying what of it is wrong, as all that read answers here. */
export function readUpdate(value: unknown, expected: ExpectedUpdate): ClientUpdate {
  const { client, round, localSteps, start, flops, maximumNorm } = expected;
  const message = objectIn(value);
  const found = integerIn(message, "round", 2 ** 24);
  if (found !== round) throw refused(`is of round ${found}, not ${round}`);
  const nonFiniteStep = fieldOf(message, "nonFiniteStep");
  const report = {
    ...{ client, parameters: start.length },
    loss: numberIn(message, "loss"),
    steps: integerIn(message, "steps", localSteps),
    flops: amountIn(message, "flops", flops),
  };
  if (nonFiniteStep !== undefined) {
    const step = integerIn(message, "nonFiniteStep", localSteps - 1);
    return { local: new Float32Array(0), report: { ...report, nonFiniteStep: step } };
  }
  if (report.steps !== localSteps) throw refused(`is of ${report.steps} local steps, not ${localSteps}`);
  if (!Number.isFinite(report.loss)) throw refused(`has a loss of ${report.loss}`);
  const { local, encodedBytes } = parametersIn(message, expected);
  requireNear("an update", local, start, maximumNorm);
  return {
    local,
    report: { ...report, ...(encodedBytes !== undefined && { encodedBytes }) },
    ...(expected.clips && { isWithin: flagIn(message, "isWithin") }),
    ...(expected.controls && { control: controlIn(message, start.length) }),
  };
}

function controlIn(message: object, length: number): Float32Array {
  const control = fieldOf(message, "control");
  if (!(control instanceof Float32Array)) throw refused("has no control variate");
  requireNear("a control variate", control, new Float32Array(length), defaultNorm);
  return control;
}

function flagIn(message: object, key: string): boolean {
  const flag = fieldOf(message, key);
  if (typeof flag === "boolean") return flag;
  throw refused(`has neither true nor false in ${key}`);
}

function parametersIn(
  message: object,
  { encoding, start }: ExpectedUpdate,
): { readonly local: Float32Array; readonly encodedBytes?: number } {
  if (!encoding) {
    const local = fieldOf(message, "local");
    if (local instanceof Float32Array) return { local };
    throw refused("has no parameters");
  }
  const encoded = fieldOf(message, "encoded");
  if (!(encoded instanceof Uint8Array)) throw refused("has no encoded update");
  try {
    return { local: encoding.decode(encoded, start.length), encodedBytes: encoded.length };
  } catch (error) {
    if (isFedscoreError(error)) throw refused(`has no update: ${error.message}`);
    throw error;
  }
}

function requireNear(what: string, local: Float32Array, start: Float32Array, most: number): void {
  if (local.length !== start.length) throw refused(`has ${local.length} parameters, not ${start.length}`);
  const broken = firstNonFinite(local);
  if (broken >= 0) throw refused(`has ${local[broken]} at parameter ${broken}`);
  let squares = 0;
  for (let i = 0; i < local.length; i++) squares += (local[i] - start[i]) ** 2;
  const norm = Math.sqrt(squares);
  if (norm > most) throw refused(`has ${what} of norm ${norm.toPrecision(4)}, beyond the ${most} that are allowed`);
}

/** @param expected dimension of the rows, and how many the client said it has. */
export function readMoments(
  value: unknown,
  { dimension, rows }: { readonly dimension: number; readonly rows: number },
): Moments {
  const { count, sum, second, origin } = objectIn(value) as Moments;
  const moments = { count, dimension, sum, second, ...(origin !== undefined && { origin }) };
  try {
    requireMoments("moments", moments);
  } catch (error) {
    if (!isFedscoreError(error)) throw error;
    throw new FedscoreError("FEDSCORE_MESSAGE", `the message has no moments: ${error.message}`, {}, error);
  }
  if (count !== rows) throw refused(`has moments of ${count} rows, not ${rows}`);
  for (const [key, numbers] of Object.entries({ sum, second, origin: origin ?? sum })) {
    if (firstNonFinite(numbers) >= 0) throw refused(`has moments whose ${key} is not finite`);
  }
  return moments;
}

/** The mean loss of rows that a client holds out. */
export interface HeldOutLoss {
  readonly loss: number;
  readonly rows: number;
}

/** @param heldOut rows that the client said it holds out. */
export function readLoss(value: unknown, heldOut: number): HeldOutLoss {
  const message = objectIn(value);
  const loss = numberIn(message, "loss");
  if (!Number.isFinite(loss) || loss < 0) throw refused(`has a loss of ${loss}`);
  const rows = integerIn(message, "rows", 2 ** 40);
  if (rows !== heldOut || rows === 0) throw refused(`has a loss of ${rows} rows, not ${heldOut}`);
  return { loss, rows };
}

/** @param rows that the client said it has. */
export function readClasses(value: unknown, rows: number): ClassCounts {
  const message = objectIn(value);
  const [classes, counts] = [fieldOf(message, "classes"), fieldOf(message, "counts")];
  if (!(classes instanceof Int32Array) || !(counts instanceof Uint32Array) || classes.length !== counts.length)
    throw refused("has no counts of classes");
  if (classes.length > mostClasses) throw refused(`names ${classes.length} classes, the most are ${mostClasses}`);
  if (classes.some((label, index) => index > 0 && label <= classes[index - 1])) throw refused("repeats a class");
  const unnamed = integerIn(message, "unnamed", rows);
  const total = counts.reduce((sum, count) => sum + count, unnamed);
  if (total !== rows) throw refused(`counts ${total} rows of ${rows}`);
  return { classes, counts, unnamed };
}

function numberIn(message: object, key: string): number {
  const value = fieldOf(message, key);
  if (typeof value === "number") return value;
  throw refused(`has no number in ${key}`);
}

function amountIn(message: object, key: string, most: number): number {
  const value = numberIn(message, key);
  if (value >= 0 && value <= most) return value;
  throw refused(`has ${value} in ${key}, which is not in [0, ${most}]`);
}
