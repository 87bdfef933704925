import { ArgumentError, requireFloats, requireObject } from "../../errors.js";
import type { Table } from "../column.js";
import { requireEncoding } from "../encoding/check.js";
import type { TableEncoding } from "../encoding/column-encoding.js";
import { decodeTable } from "../encoding/encode.js";
import { oneHotWidth } from "../encoding/one-hot.js";
import { placed } from "../encoding/placed.js";
import { requireCalibration } from "./check.js";
import { mappedScore } from "./score-map.js";
import type { CalibratedEncoding, TableCalibration } from "./table-calibration.js";

/**
 * The vectors with this calibration.
 * @param vectors float32 [rows, dimension], which stay as they are.
 * @throws ArgumentError for a length that is no multiple of the dimension, and a calibration of another encoding.
 */
export function calibratedVectors(
  encoding: TableEncoding,
  calibration: TableCalibration,
  vectors: Float32Array,
): Float32Array<ArrayBuffer> {
  const { columns, dimension } = requireEncoding("encoding", encoding);
  requireCalibration("calibration", calibration, encoding);
  requireFloats("vectors", vectors);
  if (dimension === 0 || vectors.length % dimension !== 0)
    throw new ArgumentError("vectors", `must have a length that is a multiple of ${dimension}`, vectors.length);
  const moved = vectors.slice() as Float32Array<ArrayBuffer>;
  for (const [index, { column, at }] of placed(columns).entries()) {
    const { shifts, scores } = calibration.columns[index] ?? { shifts: [] };
    const place = at + oneHotWidth(column.states);
    for (let row = 0; row < moved.length; row += dimension) {
      for (const [state, shift] of shifts.entries()) moved[row + at + state] = (moved[row + at + state] ?? 0) + shift;
      if (scores) moved[row + place] = mappedScore(scores, moved[row + place] ?? 0);
    }
  }
  return moved;
}

/** The rows that vectors of a generator stand for: those of `decodeTable`, after its calibration. @throws ArgumentError as `calibratedVectors` and `decodeTable` do. */
export function decodeDrawn(table: CalibratedEncoding, vectors: Float32Array): Table {
  const { encoding, calibration } = requireObject("table", table);
  requireFloats("vectors", vectors);
  const moved = calibration && vectors.length > 0 ? calibratedVectors(encoding, calibration, vectors) : vectors;
  return decodeTable(encoding, moved);
}
