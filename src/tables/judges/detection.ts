import { requireInteger } from "../../errors.js";
import { type Engine, Purpose, requireEngine } from "../../kernels/index.js";
import { requireOptions } from "../../options.js";
import type { Table } from "../column.js";
import { requireAlike } from "../require-tables.js";
import { fewerRows, shuffledRows, stackTables, takeRows } from "../table-rows.js";
import { type Auc, areaUnderCurve, deviationOf } from "./auc.js";
import { fitEncoder } from "./encode-rows.js";
import { normalInterval } from "./intervals.js";
import { trainLogistic } from "./logistic-regression.js";
import { type Measured, measured, notMeasured } from "./measured.js";

/** What a measure draws its random numbers from. */
export interface TableJudgeOptions {
  /** Integer in [0, 2^53): decides subsamples and folds. The same seed gives the same numbers. */
  readonly seed: number;
}

const folds = 3;
/** Most rows of each table. */
const maxRows = 10_000;

/**
 * Area under the ROC curve of a logistic regression that tells synthetic rows from real ones: 0.5 where it cannot, 1 where it always can. Mean over 3
 * folds, each judged by a classifier of the other two, as SDMetrics' LogisticDetection is cross-validated. Larger tables are cut to 10,000 rows.
 * The interval is DeLong's, of the classifiers as they were trained; since folds learn from one another's rows, their errors are taken to be wholly
 * dependent, which can only widen it. Source: Lopez-Paz and Oquab, arXiv 1610.06545.
 * @throws ArgumentError unless both tables have the same columns.
 */
export function detection(engine: Engine, real: Table, synthetic: Table, options: TableJudgeOptions): Measured {
  requireEngine(engine);
  requireAlike({ real, synthetic });
  const { seed } = requireOptions("options", options, ["seed"]);
  requireInteger("seed", seed, 0);
  for (const [of, { rows }] of Object.entries({ real, synthetic }))
    if (rows < 2 * folds) return notMeasured(`the ${of} table has fewer than ${2 * folds} rows, two for each fold`);
  const [a, b] = [real, synthetic].map((table) => fewerRows(engine, table, maxRows, seed));
  const all = stackTables(a, b);
  const fold = foldsOf(engine, a.rows, b.rows, seed);
  const encode = fitEncoder(all);
  const labels = Uint32Array.from({ length: all.rows }, (_, row) => (row < a.rows ? 0 : 1));
  const areas = Array.from({ length: folds }, (_, held) => {
    const rowsWhere = (isHeld: boolean) =>
      labels.map((_label, row) => row).filter((row) => (fold[row] === held) === isHeld);
    const [learnt, judged] = [rowsWhere(false), rowsWhere(true)];
    const classify = trainLogistic(
      engine,
      encode(takeRows(all, learnt)),
      learnt.map((row) => labels[row]),
      2,
    );
    const isSynthetic = Uint8Array.from(judged, (row) => labels[row]);
    return areaUnderCurve(classify(encode(takeRows(all, judged)), 1), isSynthetic);
  }).filter((area) => area !== undefined);
  const mean = (of: (area: Auc) => number) => areas.reduce((sum, area) => sum + of(area), 0) / folds;
  const value = mean((area) => area.value);
  const interval = normalInterval(
    value,
    mean(({ influence }) => deviationOf(influence)),
  );
  return measured("detection", value, interval, { realRows: a.rows, syntheticRows: b.rows, folds });
}

/** The fold of each row, those of each table in equal numbers. */
function foldsOf(engine: Engine, real: number, synthetic: number, seed: number): Uint8Array {
  const fold = new Uint8Array(real + synthetic);
  shuffledRows(engine, real, seed, Purpose.folds).forEach((row, at) => {
    fold[row] = at % folds;
  });
  shuffledRows(engine, synthetic, seed, Purpose.folds).forEach((row, at) => {
    fold[real + row] = at % folds;
  });
  return fold;
}
