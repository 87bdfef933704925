import { requireArray, requireLength, requireNumbers, requireObject } from "../../errors.js";
import { requireAscending } from "../encoding/check.js";
import type { TableEncoding } from "../encoding/column-encoding.js";
import { oneHotWidth } from "../encoding/one-hot.js";
import type { TableCalibration } from "./table-calibration.js";

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong, of a calibration that came as JSON or is of another encoding. */
export function requireCalibration(
  argument: string,
  calibration: TableCalibration,
  { columns }: TableEncoding,
): TableCalibration {
  const { columns: given } = requireObject(argument, calibration);
  requireArray(`${argument}.columns`, given);
  requireLength(`${argument}.columns`, given, columns.length);
  for (const [index, column] of columns.entries()) {
    const place = `${argument}.columns[${index}]`;
    const { shifts, scores } = requireObject(place, given[index]);
    requireNumbers(`${place}.shifts`, shifts);
    requireLength(`${place}.shifts`, shifts, oneHotWidth(column.states));
    if (scores === undefined) continue;
    const { drawn, scores: read } = requireObject(`${place}.scores`, scores);
    requireAscending(`${place}.scores.drawn`, drawn);
    requireAscending(`${place}.scores.scores`, read);
    requireLength(`${place}.scores.scores`, read, drawn.length);
  }
  return calibration;
}
