import { ArgumentError, requireInteger, requireObject, requireText } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { requireOptions } from "../../options.js";
import type { Column, Table } from "../column.js";
import { requireAlike } from "../require-tables.js";
import { fewerRows, takeRows } from "../table-rows.js";
import { type Auc, areaUnderCurve, deviationOf, measuredArea } from "./auc.js";
import { fitEncoder } from "./encode-rows.js";
import { normalInterval } from "./intervals.js";
import { trainLogistic } from "./logistic-regression.js";
import { type Measured, measured, notMeasured } from "./measured.js";

/** Which column is to be foretold. */
export interface EfficacyOptions {
  /** Name of a category column. */
  readonly column: string;
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

/** How well a column is foretold by what was learnt from synthetic rows, and from real ones. */
export interface Efficacy {
  /** Train on synthetic, test on real: area under the ROC curve, 0.5 by chance, 1 at best. */
  readonly synthetic: Measured;
  /** Train on real, test on real. */
  readonly real: Measured;
  /** `synthetic` - `real`, in [-1, 1], with the interval of the difference on the same test rows. */
  readonly difference: Measured;
}

/** Most rows of a table that is trained on. */
const maxRows = 20_000;

/**
 * Use of synthetic rows: a logistic regression of one category column on all others, trained on synthetic rows and on real ones, is tested on the same
 * held-out real rows (Esteban et al., arXiv 1706.02633). Of more than two classes the area is the mean of each class against the rest, over the real
 * classes that the test rows have two rows of. Rows whose class is missing do not count. Intervals are DeLong's, of the classifiers as they were trained.
 * @throws ArgumentError unless the tables have the same columns, one of which is the category column of that name.
 */
export function efficacy(engine: Engine, tables: EfficacyTables, options: EfficacyOptions): Efficacy {
  requireEngine(engine);
  const { train, synthetic, test } = requireObject("tables", tables);
  requireAlike({ train, synthetic, test });
  const [onReal, onSynthetic] = [train, synthetic].map((learnt) =>
    learntArea(engine, { learnt, train, test }, options),
  );
  return compareAreas(onSynthetic, onReal);
}

/** A table to learn a column from, beside the real rows that say which classes there are and those that judge. */
export interface LearntTables {
  readonly learnt: Table;
  readonly train: Table;
  readonly test: Table;
}

/** Mean area over the classes, or why there is none. */
export type LearntArea = ClassArea | string;

/** One side of `efficacy`, for callers who compare several tables with the same real rows: how well a column is foretold by what was learnt from one table. */
export function learntArea(
  engine: Engine,
  { learnt, train, test }: LearntTables,
  options: EfficacyOptions,
): LearntArea {
  const { column, seed } = requireOptions("options", options, ["column", "seed"]);
  requireText("column", column);
  requireInteger("seed", seed, 0);
  const place = placeOf(train, column);
  const classes = classesOf(withClass(train, place), place);
  return areaOf(engine, learnt, withClass(test, place), place, classes, seed);
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

function placeOf({ columns }: Table, name: string): number {
  const places = columns.flatMap((column, place) =>
    column.name === name && column.kind === "category" ? [place] : [],
  );
  if (places.length !== 1) throw new ArgumentError("column", "must be the name of one category column", name);
  return places[0];
}

/** A class that was not learnt is told by chance, which is 0.5. */
function areaOf(
  engine: Engine,
  table: Table,
  judged: Table,
  place: number,
  classes: readonly string[],
  seed: number,
): LearntArea {
  const learnt = fewerRows(engine, withClass(table, place), maxRows, seed);
  const names = classesOf(learnt, place);
  if (names.length < 2) return "the rows to train on have fewer than two classes";
  const labels = Uint32Array.from(namesOf(learnt.columns[place]), (name) => names.indexOf(name));
  const features = without(learnt, place);
  const encode = fitEncoder(features);
  const classify = trainLogistic(engine, encode(features), labels, names.length);
  const rows = encode(without(judged, place));
  const truth = namesOf(judged.columns[place]);
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

function withClass(table: Table, place: number): Table {
  const { missing } = table.columns[place];
  const rows = Uint32Array.from(missing, (_, row) => row).filter((row) => missing[row] === 0);
  return takeRows(table, rows);
}

function without({ rows, columns }: Table, place: number): Table {
  return { rows, columns: columns.filter((_, index) => index !== place) };
}

function namesOf(column: Column): string[] {
  return column.kind === "category" ? Array.from(column.codes, (code) => column.categories[code]) : [];
}

/** Classes that occur, in the order of their names, so that their places do not depend on the list. */
function classesOf({ columns }: Table, place: number): string[] {
  return [...new Set(namesOf(columns[place]))].sort();
}

function differenceOf(onSynthetic: LearntArea, onReal: LearntArea): Measured {
  if (typeof onSynthetic === "string") return notMeasured(`trained on synthetic rows: ${onSynthetic}`);
  if (typeof onReal === "string") return notMeasured(`trained on real rows: ${onReal}`);
  const value = onSynthetic.value - onReal.value;
  const influence = onSynthetic.influence.map((each, row) => each - onReal.influence[row]);
  return measured("efficacy.difference", value, normalInterval(value, deviationOf(influence), -1, 1), {});
}
