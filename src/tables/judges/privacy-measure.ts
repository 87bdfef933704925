import type { Table } from "../column.js";
import type { Measured } from "./measured.js";
import type { Nearest } from "./row-space.js";

/** The tables of `judgePrivacy`, of the same columns. */
export interface PrivacyTables {
  /** The real rows that the generator was trained on. */
  readonly train: Table;
  /** Real rows that it has not seen. */
  readonly heldOut: Table;
  readonly synthetic: Table;
}

/** What privacy measures look at: the tables, and how near their rows are to one another. */
export interface PrivacyView extends PrivacyTables {
  /** Of each synthetic row, among training rows. */
  readonly toTrain: Nearest;
  /** Of each synthetic row, among as many held-out rows. */
  readonly toHeldOut: Nearest;
  /** How many training rows, and how many held-out rows, these are. */
  readonly compared: number;
  /** From each training row to the closest synthetic one: float64 [rows]. */
  readonly fromTrain: Float64Array;
  /** From each held-out row to the closest synthetic one: float64 [rows]. */
  readonly fromHeldOut: Float64Array;
}

/** What synthetic rows give away of the rows that the generator was trained on. One file per measure, plus one line in the index. */
export interface PrivacyMeasure {
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  /** Paper of the definition and of the interval. */
  readonly source: string;
  /** Smallest and largest value that there can be. */
  readonly range: readonly [number, number];
  /** What a generator that gives nothing away comes to; null where that depends on the data. */
  readonly ideal: number | null;
  /** The measure, with the ends of its interval where statistics give one. */
  evaluate(view: PrivacyView): Measured;
}
