import type { Moments } from "../../data/moments.js";
import type { TrainingSetup } from "../../federation/messages.js";
import { type HeldOutLoss, mostMomentsBytes, mostSmallBytes, readClasses, readLoss, readMoments } from "./answers.js";
import type { ClientsLink, Reply } from "./link.js";
import type { ClassCounts } from "./policy.js";

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

/** The loss of the whole network on what each client holds out. */
export function gatherLosses(
  link: ClientsLink,
  names: readonly string[],
  { id, network }: TrainingSetup,
  parameters: Float32Array,
  signal: AbortSignal | undefined,
): Promise<Given<HeldOutLoss>[]> {
  return eachOf(names, signal, (name, until) => {
    const heldOut = link.roster.seats.get(name)?.hello.heldOut ?? 0;
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
