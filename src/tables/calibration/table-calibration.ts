import type { TableEncoding } from "../encoding/column-encoding.js";
import type { ScoreMap } from "./score-map.js";

/** What the coordinates of a column are moved by before they are read: plain data. */
export interface ColumnCalibration {
  /** Added to the coordinates of the states, one each. */
  readonly shifts: readonly number[];
  /** Of a column of numbers, from the scores that the generator draws to those of the encoding. Absent: they stay. */
  readonly scores?: ScoreMap | undefined;
}

/**
 * How the vectors of one generator are moved, each coordinate by itself, so that the rows they stand for have the shares and quantiles that clients told. It belongs to
 * the generator: rows of a table that was encoded need none.
 */
export interface TableCalibration {
  /** One a column of the encoding, in its order. */
  readonly columns: readonly ColumnCalibration[];
}

/** How the vectors that a generator draws are rows. */
export interface CalibratedEncoding {
  readonly encoding: TableEncoding;
  /** Absent: the vectors are decoded as they are. */
  readonly calibration?: TableCalibration | undefined;
}
