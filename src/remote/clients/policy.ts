import { type Filled, filledSettings, type Given } from "../../family.js";
import { boolean, integer, optional } from "../../fields.js";
import { requireOptions } from "../../options.js";

/** What a client lets others ask of it; `docs/remote.md` has the keys. */
export const policyFields = {
  mostLocalSteps: integer("[1, 4294967295]", optional, "Most local steps of a round. Default: any number."),
  mostRounds: integer("[1, 16777215]", optional, "Most rounds of a run that it trains in. Default: any number."),
  moments: boolean(true, "Gives the sums and products of its rows' columns, which transforms are fitted from."),
  loss: boolean(true, "Gives the mean loss of the rows that it holds out, and their number."),
  classes: boolean(false, "Gives how many rows of each class it holds."),
  summary: boolean(true, "Gives the summary of its table's columns, which the encoding is fitted to."),
  smallestGroup: integer(
    "[1, inf)",
    10,
    "Fewest rows of a class that it names, smaller ones are counted together; of any statistic that it gives; and that a number or a category in its summary stands for, where a run asks for fewer.",
  ),
};

/** A policy as a person writes it. */
export type ClientPolicy = Given<typeof policyFields>;

/** A policy with all its defaults. */
export type CompletePolicy = Filled<typeof policyFields>;

/** @throws ArgumentError or ArgumentTypeError naming the key that is unknown or out of range. */
export function completePolicy(given: ClientPolicy): CompletePolicy {
  requireOptions("policy", given, Object.keys(policyFields));
  return filledSettings(policyFields, "policy", given);
}

/** Why a policy does not let a client train so; undefined where it does. */
export function trainingProblem(
  { mostLocalSteps, mostRounds }: CompletePolicy,
  { round, localSteps, trained }: { readonly round: number; readonly localSteps: number; readonly trained: number },
): string | undefined {
  if (mostLocalSteps !== undefined && localSteps > mostLocalSteps)
    return `its policy allows ${mostLocalSteps} local steps, not ${localSteps}`;
  if (mostRounds !== undefined && (round >= mostRounds || trained >= mostRounds))
    return `its policy allows ${mostRounds} rounds, and this is one more`;
  return undefined;
}

/** Statistics that a client may be asked for. */
export type StatisticName = "moments" | "loss" | "classes" | "summary";

/**
 * Why a policy does not let a client give a statistic; undefined where it does.
 * @param rows that it is made of: sums over fewer than `smallestGroup` would say too much of each.
 */
export function statisticProblem(policy: CompletePolicy, statistic: StatisticName, rows: number): string | undefined {
  if (!policy[statistic]) return `its policy does not give ${statistic}`;
  const { smallestGroup } = policy;
  return rows < smallestGroup ? `its policy gives ${statistic} of at least ${smallestGroup} rows` : undefined;
}

/** How many rows there are of each class, those of small groups counted together. */
export interface ClassCounts {
  /** Ascending. */
  readonly classes: Int32Array;
  /** Rows of each of them. */
  readonly counts: Uint32Array;
  /** Rows of classes that are too small to be named. */
  readonly unnamed: number;
}

/** Most classes that a client names, and a report shows. */
export const mostClasses = 1000;

/** Counts classes of at least `smallestGroup` rows; where exactly one is smaller, its number of rows says which it is to those who know all classes. */
export function countClasses({ smallestGroup }: CompletePolicy, labels: Int32Array): ClassCounts {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const named = [...counts].filter(([, count]) => count >= smallestGroup).sort(([a], [b]) => a - b);
  const total = named.reduce((sum, [, count]) => sum + count, 0);
  return {
    classes: Int32Array.from(named, ([label]) => label),
    counts: Uint32Array.from(named, ([, count]) => count),
    unnamed: labels.length - total,
  };
}
