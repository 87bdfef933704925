import type { Moments } from "../../data/moments.js";
import type { TrainingSetup } from "../../federation/messages.js";
import type { TableSummary } from "../../tables/summary/table-summary.js";
import { type HeldOutLoss, mostMomentsBytes, mostSmallBytes, readClasses, readLoss, readMoments } from "./answers.js";
import type { ClientsLink, Reply } from "./link.js";
import { type HeldKind, rowsHeld } from "./messages.js";
import type { ClassCounts } from "./policy.js";
import { mostSummaryBytes, readSummary } from "./summary-answer.js";
import type { SummaryBody } from "./task-bodies.js";

/** What a client gave of a statistic, or why it gave nothing. */
export interface Given<Value> {
  readonly name: string;
  readonly reply: Reply<Value>;
}

/** Milliseconds that clients have for a statistic, which no training goes on beside. */
const patience = 60_000;

/** Each client's sums of its rows, in the order of the names. */
export function gatherMoments(
  link: ClientsLink,
  names: readonly string[],
  dimension: number,
  signal: AbortSignal | undefined,
): Promise<Given<Moments>[]> {
  const most = mostMomentsBytes(dimension);
  return eachOf(names, signal, (name, until) => {
    const rows = link.roster.seats.get(name)?.hello.rows ?? 0;
    const read = (value: unknown) => readMoments(value, { dimension, rows });
    return link.ask({ name, kind: "moments", body: {}, most, read, signal: until });
  });
}

/** How many rows of each class each client has. */
export function gatherClasses(
  link: ClientsLink,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Given<ClassCounts>[]> {
  return eachOf(names, signal, (name, until) => {
    const rows = link.roster.seats.get(name)?.hello.rows ?? 0;
    const read = (value: unknown) => readClasses(value, rows);
    return link.ask({ name, kind: "classes", body: {}, most: mostSmallBytes, read, signal: until });
  });
}

/** What each client says of the columns of its table. */
export function gatherSummaries(
  link: ClientsLink,
  names: readonly string[],
  body: SummaryBody,
  signal: AbortSignal | undefined,
): Promise<Given<TableSummary>[]> {
  return eachOf(names, signal, (name, until) => {
    const { rows } = rowsHeld(link.roster.seats.get(name)?.hello, "table");
    const read = (value: unknown) => readSummary(value, body, rows);
    return link.ask({ name, kind: "summary", body, most: mostSummaryBytes, read, signal: until });
  });
}

/** A model that is to be evaluated on rows of a kind. */
export interface EvaluatedModel {
  readonly setup: TrainingSetup;
  readonly parameters: Float32Array;
  readonly of: HeldKind;
}

/** The loss of the whole network on what each client holds out. */
export function gatherLosses(
  link: ClientsLink,
  names: readonly string[],
  { setup: { id, network }, parameters, of }: EvaluatedModel,
  signal: AbortSignal | undefined,
): Promise<Given<HeldOutLoss>[]> {
  return eachOf(names, signal, (name, until) => {
    const { heldOut } = rowsHeld(link.roster.seats.get(name)?.hello, of);
    const read = (value: unknown) => readLoss(value, heldOut);
    const body = { setup: id, network, parameters };
    return link.ask({ name, kind: "loss", body, most: mostSmallBytes, read, signal: until });
  });
}

/** What each of some names gives to the same question. */
export function eachOf<Value>(
  names: readonly string[],
  signal: AbortSignal | undefined,
  ask: (name: string, until: AbortSignal) => Promise<Reply<Value>>,
): Promise<Given<Value>[]> {
  const limit = AbortSignal.timeout(patience);
  const until = signal ? AbortSignal.any([signal, limit]) : limit;
  return Promise.all(names.map(async (name) => ({ name, reply: await ask(name, until) })));
}
