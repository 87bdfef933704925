import {
  ArgumentError,
  ArgumentTypeError,
  describeValue,
  FedscoreError,
  requireArray,
  requireInteger,
  requireObject,
  requireText,
  requireTyped,
} from "../errors.js";
import { choice, required } from "../fields.js";
import { keysOf, requireOptions } from "../options.js";
import {
  type AbsentClient,
  type ArrivedUpdate,
  absenceReasons,
  type ClientReport,
  type ClientState,
} from "./messages.js";

const reasonField = choice(absenceReasons, required, "Why a client gave no update.");

const stateKeys = keysOf<ClientState>({ residual: true, control: true });

const reported = ["client", "loss", "steps", "flops", "parameters"] as const satisfies readonly (keyof ClientReport)[];

/**
 * What came back over a transport, which may be of anybody's making and have passed through JSON.
 * @throws FedscoreError FEDSCORE_WORKER saying what of an update is wrong.
 */
export function requireUpdate(value: ArrivedUpdate): ArrivedUpdate {
  try {
    const { sum, reports, states, lossSums, within, absent } = requireObject("update", value);
    requireTyped("update.sum", sum, Float32Array);
    requireArray("update.reports", reports);
    for (let index = 0; index < reports.length; index++) requireReport(index, reports[index]);
    if (states !== undefined) {
      requireArray("update.states", states);
      for (const [index, each] of states.entries()) requireState(`update.states[${index}]`, each);
    }
    if (lossSums !== undefined) requireTyped("update.lossSums", lossSums, Float64Array);
    if (within !== undefined) requireInteger("update.within", within, 0, reports.length);
    if (absent !== undefined) requireAbsent("update.absent", absent);
    return value;
  } catch (error) {
    if (!(error instanceof ArgumentError || error instanceof ArgumentTypeError)) throw error;
    const message = `the transport gave something that is no update: ${error.message}`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { argument: error.argument }, error);
  }
}

function requireState(argument: string, state: ClientState): void {
  for (const [name, vector] of Object.entries(requireOptions(argument, state, stateKeys)))
    requireTyped(`${argument}.${name}`, vector, Float32Array);
}

/** Throws unless a report is one. Names are made where something is wrong: those of all numbers of many clients would take more memory than the reports. */
export function requireReport(index: number, report: ClientReport): void {
  if (isReport(report)) return;
  const argument = `update.reports[${index}]`;
  const { nonFiniteStep, encodedBytes } = requireObject(argument, report);
  for (const key of reported) requireCount(`${argument}.${key}`, report[key], nonFiniteStep !== undefined);
  if (nonFiniteStep !== undefined) requireCount(`${argument}.nonFiniteStep`, nonFiniteStep, false);
  if (encodedBytes !== undefined) requireInteger(`${argument}.encodedBytes`, encodedBytes, 0);
}

function isReport(report: ClientReport): boolean {
  if (typeof report !== "object" || report === null) return false;
  const { client, loss, steps, flops, parameters, nonFiniteStep, encodedBytes } = report;
  const leftOut = nonFiniteStep !== undefined;
  if (encodedBytes !== undefined && !(Number.isSafeInteger(encodedBytes) && encodedBytes >= 0)) return false;
  if (leftOut && !isCount(nonFiniteStep, false)) return false;
  return (
    isCount(client, leftOut) &&
    isCount(loss, leftOut) &&
    isCount(steps, leftOut) &&
    isCount(flops, leftOut) &&
    isCount(parameters, leftOut)
  );
}

/** A client that was left out may have no finite loss. */
function isCount(value: unknown, leftOut: boolean): boolean {
  return typeof value === "number" && (leftOut || Number.isFinite(value));
}

function requireCount(argument: string, value: unknown, leftOut: boolean): void {
  if (isCount(value, leftOut)) return;
  if (typeof value !== "number") throw new ArgumentTypeError(argument, "must be a number", value);
  throw new ArgumentError(argument, "must be finite", value);
}

/** Throws unless value is a list of clients that gave no update, with a reason each. */
export function requireAbsent(argument: string, value: readonly AbsentClient[]): void {
  requireArray(argument, value);
  for (const [index, absence] of value.entries()) {
    const place = `${argument}[${index}]`;
    const { client, reason, message } = requireObject(place, absence);
    requireInteger(`${place}.client`, client, 0);
    reasonField.check(`${place}.reason`, reason);
    if (message !== undefined) requireText(`${place}.message`, message);
  }
}

/**
 * What a worker answered to a call with these blocks.
 * @throws FedscoreError FEDSCORE_WORKER where that is not one update for each.
 */
export function requireAnswers<Update>(
  blocks: readonly { readonly id: string }[],
  answers: readonly Update[],
): readonly Update[] {
  if (Array.isArray(answers) && answers.length === blocks.length) return answers;
  const message = `a worker that was sent ${blocks.length} blocks must answer with as many updates, got ${describeValue(answers)}`;
  throw new FedscoreError("FEDSCORE_WORKER", message, { blocks: blocks.map(({ id }) => id) });
}
