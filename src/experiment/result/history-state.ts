import * as z from "zod";
import type { Immutable } from "../config/immutable.js";
import { clientTimes } from "./devices-schema.js";
import { round } from "./schema.js";

const count = z.int().gte(0);
const work = z.number().gte(0);

/** What a RunHistory has folded, as a checkpoint keeps it. */
export const historyState = z.strictObject({
  perRound: z.array(round),
  clients: z.array(
    z.strictObject({
      ...{ id: count, rounds: count, absent: count },
      ...{ loss: z.number().exactOptional(), flops: work, bytesUp: count, bytesDown: count },
      weighed: z.strictObject({ shares: work, updates: count }).exactOptional(),
      virtual: clientTimes.exactOptional(),
    }),
  ),
  histogram: z.array(count),
  dropped: z.array(z.strictObject({ round: count, client: count })),
});

export type HistoryState = Immutable<z.output<typeof historyState>>;
export type RoundSummary = HistoryState["perRound"][number];
/** An update that was left out of its round's average. */
export type DroppedUpdate = HistoryState["dropped"][number];

/**
 * The first thing in a history that no run of so many clients and rounds has found; undefined where there is none. Where clients are protected a history names
 * none of them.
 */
export function contradictionIn(history: HistoryState, clients: number, rounds: number): string | undefined {
  const { perRound, clients: totals, dropped } = history;
  const ids = new Set(totals.map(({ id }) => id));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const left = new Map<number, number>();
  for (const { round } of dropped) left.set(round, (left.get(round) ?? 0) + 1);
  const checks: readonly (readonly [string, boolean])[] = [
    [`it has found ${perRound.length} rounds, and ${rounds} are done`, perRound.length === rounds],
    ["its rounds are not in order", perRound.every((each, index) => each.round === index)],
    ["it names a client twice", ids.size === totals.length],
    [`it names a client that is none of the ${clients}`, totals.every(({ id }) => id < clients)],
    [
      "its clients took part in other rounds than it has",
      totals.length === 0 ||
        sum(totals.map((each) => each.rounds)) === sum(perRound.map(({ participants }) => participants)),
    ],
    [
      "it left out other updates than its rounds say",
      perRound.every((each) => (left.get(each.round) ?? 0) === each.dropped) &&
        [...left.keys()].every((each) => each < rounds),
    ],
    [
      "its clients were absent in other rounds than it has",
      sameCounts(absencesOf(perRound), new Map(totals.flatMap(({ id, absent }) => (absent > 0 ? [[id, absent]] : [])))),
    ],
    [
      "its rule weighed updates of other rounds than it has",
      totals.every(
        ({ rounds: asked, weighed }) => !weighed || (weighed.updates <= asked && weighed.shares <= weighed.updates),
      ),
    ],
    ["it left out updates of clients that took no part", dropped.every(({ client }) => ids.has(client))],
  ];
  return checks.find(([, holds]) => !holds)?.[0];
}

/** Rounds in which each client was absent, of those that were. */
function absencesOf(perRound: readonly RoundSummary[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { absent } of perRound) for (const { client } of absent) counts.set(client, (counts.get(client) ?? 0) + 1);
  return counts;
}

function sameCounts(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean {
  return a.size === b.size && [...a].every(([key, count]) => b.get(key) === count);
}
