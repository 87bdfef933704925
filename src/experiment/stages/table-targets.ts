import type { TableTargetName, TableTargets } from "../config/table-targets.js";
import { type Computed, ifComputed, isNotComputed, type Part } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";

type TableResult = Computed<ExperimentResult["table"]>;
type Judged = Computed<TableResult["synthetic"]>;
type Score = Computed<Judged["detection"]>;
type Reached = NonNullable<NonNullable<TableResult["targets"]>[TableTargetName]>;

/** Where a value has to lie, both ends included. */
interface Limits {
  readonly low?: number;
  readonly high?: number;
}

/** What a target looks at, and where that has to lie; a text says why it cannot be known. */
interface TableTarget {
  readonly value: (rows: Judged, table: JudgedRows) => Part<Score> | string | undefined;
  readonly limits: (asked: number, table: JudgedRows) => Limits | string;
}

/** The parts of a result that targets look at. */
export type JudgedRows = Pick<TableResult, "synthetic" | "reference" | "baselines" | "real" | "predicted">;

const overall = (rows: Judged | undefined) => rows && qualityOf(rows)?.overall;
const pairTrends = (rows: Judged | undefined) => rows && qualityOf(rows)?.columnPairTrends;

const targets: Readonly<Record<TableTargetName, TableTarget>> = {
  quality: { value: overall, limits: (low) => ({ low }) },
  reference: {
    value: overall,
    limits: (asked, { reference }) => {
      if (!reference) return "the config asks for no reference, reference.dense";
      const known = numberOf(overall(ifComputed(reference)));
      return known === undefined ? "the quality of the reference is not known" : { low: known - asked };
    },
  },
  pairTrends: {
    value: pairTrends,
    limits: (asked, { baselines }) => {
      const known = Object.values(baselines).map((rows) => numberOf(pairTrends(ifComputed(rows))));
      const found = known.filter((value) => value !== undefined);
      if (found.length < known.length) return "the pair trends of a baseline are not known";
      return { low: Math.max(...found) + asked };
    },
  },
  detection: { value: ({ detection }) => detection, limits: (high) => ({ high }) },
  use: {
    value: ({ use }, { predicted }) =>
      predicted === undefined ? "the config has nothing foretold, data.predict" : use && ifComputed(use)?.learnt,
    limits: (asked, { real }) => {
      const use = ifComputed(real)?.use;
      const known = numberOf(use && ifComputed(use)?.learnt);
      return known === undefined ? "what real rows teach is not known" : { low: known - asked };
    },
  },
  closestRecord: {
    value: ({ privacy }) => ifComputed(privacy)?.closestRecordShare,
    limits: (asked) => ({ low: 0.5 - asked, high: 0.5 + asked }),
  },
};

/** What the synthetic rows of a run reach of what its config asks. */
export function reachedTargets(asked: TableTargets, table: JudgedRows): NonNullable<TableResult["targets"]> {
  const names = Object.keys(targets) as TableTargetName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const number = asked[name];
      return number === undefined ? [] : [[name, reached(targets[name], number, table)]];
    }),
  );
}

function reached({ value: read, limits: limitsOf }: TableTarget, asked: number, table: JudgedRows): Reached {
  const rows = ifComputed(table.synthetic);
  const score = rows && read(rows, table);
  if (typeof score === "string") return { asked, value: null, reason: score };
  const value = numberOf(score);
  if (value === undefined) return { asked, value: null, reason: "its measure could not be computed" };
  const limits = limitsOf(asked, table);
  if (typeof limits === "string") return { asked, value: null, reason: limits };
  const missedBy = Math.max(0, (limits.low ?? value) - value, value - (limits.high ?? value));
  return { asked, value, ...limits, met: missedBy === 0, missedBy };
}

function qualityOf({ quality }: Judged) {
  return ifComputed(quality);
}

function numberOf(score: Part<Score> | undefined): number | undefined {
  return !score || isNotComputed(score) || score.value === null ? undefined : score.value;
}
