import { requireInteger, requireObject } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import type { Table } from "../column.js";
import { requireAlike } from "../require-tables.js";
import { fewerRows } from "../table-rows.js";
import { type Auc, areaUnderCurve, deviationOf, measuredArea } from "./auc.js";
import { fitEncoder } from "./encode-rows.js";
import { type Foretold, labelledRows, otherColumns, requireForetold } from "./foretold.js";
import { normalInterval } from "./intervals.js";
import { trainLogistic } from "./logistic-regression.js";
import { type Measured, measured, notMeasured } from "./measured.js";

/** What is to be foretold, and from what. */
export interface EfficacyOptions extends Foretold {
  /** Integer in [0, 2^53): decides subsamples. */
  readonly seed: number;
}

/** The tables of `efficacy`, of the same columns. */
export interface EfficacyTables {
  /** Real rows to train on. */
  readonly train: Table;
  readonly synthetic: Table;
  /** Real rows that neither the classifiers nor the generator have seen. */
  readonly test: Table;
}

/** How well something is foretold by what was learnt from synthetic rows, and from real ones. */
export interface Efficacy {
  /** Train on synthetic, test on real: area under the ROC curve, 0.5 by chance, 1 at best. */
  readonly synthetic: Measured;
  /** Train on real, test on real. */
  readonly real: Measured;
  /** `synthetic` - `real`, in [-1, 1], with the interval of the difference on the same test rows. */
  readonly difference: Measured;
}

const optionKeys = keysOf<EfficacyOptions>({ column: true, condition: true, from: true, seed: true });

/** Most rows of a table that is trained on. */
const maxRows = 20_000;

/** Of a column that alone foretells a condition this well, the area under the ROC curve: it says the same in other words. */
const givesAway = 0.99;

/**
 * Use of synthetic rows: a logistic regression of one category column on all others, trained on synthetic rows and on real ones, is tested on the same
 * held-out real rows (Esteban et al., arXiv 1706.02633). Of more than two classes the area is the mean of each class against the rest, over the real
 * classes that the test rows have two rows of. Rows whose class is missing do not count. Intervals are DeLong's, of the classifiers as they were trained.
 * In the place of a column, a condition on one is foretold from the others, without those that alone give it away (`featuresFor`).
 * @throws ArgumentError unless the tables have the same columns, among them those that are named.
 */
export function efficacy(engine: Engine, tables: EfficacyTables, options: EfficacyOptions): Efficacy {
  requireEngine(engine);
  const { train, synthetic, test } = requireObject("tables", tables);
  requireAlike({ train, synthetic, test });
  const { from } = featuresFor(engine, { train, test }, options);
  const [onReal, onSynthetic] = [train, synthetic].map((learnt) =>
    learntArea(engine, { learnt, train, test }, { ...options, from }),
  );
  return compareAreas(onSynthetic, onReal);
}

/** Which columns something is foretold from, and which would give it away. */
export interface Features {
  readonly from: readonly string[];
  /** Columns that alone foretell a condition with an area of 0.99 or more, on held-out rows by what training rows teach. */
  readonly leftOut: readonly string[];
}

/** The columns that `efficacy` foretells from: those that are named; else all others, of a condition without those that give it away. */
export function featuresFor(
  engine: Engine,
  { train, test }: Pick<EfficacyTables, "train" | "test">,
  options: EfficacyOptions,
): Features {
  requireForetold(train, requireOptions("options", options, optionKeys));
  if (options.from !== undefined) return { from: options.from, leftOut: [] };
  const others = otherColumns(train, options);
  if (options.condition === undefined) return { from: others, leftOut: [] };
  const isTelling = (name: string) => {
    const area = learntArea(engine, { learnt: train, train, test }, { ...options, from: [name] });
    return typeof area !== "string" && area.value >= givesAway;
  };
  const leftOut = others.filter(isTelling);
  return { from: others.filter((name) => !leftOut.includes(name)), leftOut };
}

/** A table to learn from, beside the real rows that say which classes there are and those that judge. */
export interface LearntTables {
  readonly learnt: Table;
  readonly train: Table;
  readonly test: Table;
}

/** Mean area over the classes, or why there is none. */
export type LearntArea = ClassArea | string;

/** One side of `efficacy`, for callers who compare several tables with the same real rows: how well something is foretold by what was learnt from one table. */
export function learntArea(
  engine: Engine,
  { learnt, train, test }: LearntTables,
  options: EfficacyOptions,
): LearntArea {
  const { seed } = requireOptions("options", options, optionKeys);
  requireInteger("seed", seed, 0);
  if (options.from?.length === 0) return "no column is left that does not give it away";
  requireForetold(train, options);
  const classes = classesOf(labelledRows(train, options));
  return areaOf(engine, labelledRows(learnt, options), labelledRows(test, options), classes, seed);
}

/** Both sides of `efficacy` beside each other. */
export function compareAreas(onSynthetic: LearntArea, onReal: LearntArea): Efficacy {
  return {
    synthetic: describeArea("efficacy.synthetic", onSynthetic),
    real: describeArea("efficacy.real", onReal),
    difference: differenceOf(onSynthetic, onReal),
  };
}

function describeArea(name: string, area: LearntArea): Measured {
  return typeof area === "string" ? notMeasured(area) : measuredArea(name, area, area.details);
}

interface ClassArea extends Auc {
  readonly details: Readonly<Record<string, number>>;
}

/** Of labelled rows. A class that was not learnt is told by chance, which is 0.5. */
function areaOf(engine: Engine, whole: Table, judged: Table, classes: readonly string[], seed: number): LearntArea {
  const learnt = fewerRows(engine, whole, maxRows, seed);
  const names = classesOf(learnt);
  if (names.length < 2) return "the rows to train on have fewer than two classes";
  const labels = Uint32Array.from(namesOf(learnt), (name) => names.indexOf(name));
  const features = featuresOf(learnt);
  const encode = fitEncoder(features);
  const classify = trainLogistic(engine, encode(features), labels, names.length);
  const rows = encode(featuresOf(judged));
  const truth = namesOf(judged);
  // Of two classes the area is the same for both.
  const told = classes.length === 2 ? classes.slice(1) : classes;
  const areas = told.flatMap((name) => {
    const index = names.indexOf(name);
    const scores = index < 0 ? new Float64Array(judged.rows) : classify(rows, index);
    const isOf = Uint8Array.from(truth, (other) => (other === name ? 1 : 0));
    return areaUnderCurve(scores, isOf) ?? [];
  });
  if (areas.length === 0) return "no class has two of the test rows while two are of others";
  const mean = (of: (area: Auc) => number) => areas.reduce((sum, area) => sum + of(area), 0) / areas.length;
  const influence = areas[0].influence.map((_, row) => mean((area) => area.influence[row]));
  const details = { trainRows: learnt.rows, testRows: judged.rows, classes: classes.length, areas: areas.length };
  return { value: mean((area) => area.value), influence, details };
}

function featuresOf({ rows, columns: [, ...columns] }: Table): Table {
  return { rows, columns };
}

/** The class of each labelled row. */
function namesOf({ columns: [label] }: Table): string[] {
  return label.kind === "category" ? Array.from(label.codes, (code) => label.categories[code]) : [];
}

/** Classes that occur, in the order of their names, so that their places do not depend on the list. */
function classesOf(labelled: Table): string[] {
  return [...new Set(namesOf(labelled))].sort();
}

function differenceOf(onSynthetic: LearntArea, onReal: LearntArea): Measured {
  if (typeof onSynthetic === "string") return notMeasured(`trained on synthetic rows: ${onSynthetic}`);
  if (typeof onReal === "string") return notMeasured(`trained on real rows: ${onReal}`);
  const value = onSynthetic.value - onReal.value;
  const influence = onSynthetic.influence.map((each, row) => each - onReal.influence[row]);
  return measured("efficacy.difference", value, normalInterval(value, deviationOf(influence), -1, 1), {});
}
