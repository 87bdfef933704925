import { type TableTargetName, tableTargets } from "../experiment/config/table-targets.js";
import { formatGiven, type Notation } from "./format.js";
import type { ReachedTarget, TableResult } from "./parts.js";

/** A target of a synthetic table, and what the rows reach. */
export interface TargetOfTable {
  /** What people call it. */
  readonly title: string;
  readonly reached: ReachedTarget;
}

/** Targets of a table in the order in which they are listed. */
export function tableTargetsOf({ targets = {} }: TableResult): TargetOfTable[] {
  return (Object.keys(tableTargets) as TableTargetName[]).flatMap((name) => {
    const reached = targets[name];
    return reached ? [{ title: tableTargets[name].title, reached }] : [];
  });
}

/** Where a value has to lie. */
export interface Limits {
  readonly low?: number;
  readonly high?: number;
}

/** "at least 0.93", "at most 0.75", "0.47 to 0.53". */
export function limitWords({ low, high }: Limits, notation?: Notation): string {
  // A limit of the config has its own digits, one that was measured no more than four.
  const words = (value: number) => formatGiven(Number(value.toPrecision(4)), notation);
  if (low !== undefined && high !== undefined) return `${words(low)} to ${words(high)}`;
  if (low !== undefined) return `at least ${words(low)}`;
  return high === undefined ? "anything" : `at most ${words(high)}`;
}
