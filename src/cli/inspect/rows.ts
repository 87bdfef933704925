import { rowCount } from "../../data/dataset.js";
import { columnRanges } from "../../data/range.js";
import { readSomehow } from "../../experiment/init/file-data.js";
import { type Fact, number } from "../print.js";

/** What is in a file of rows, and how a config reads it. */
export async function inspectRows(bytes: Uint8Array, source: string): Promise<Fact[]> {
  const { format, dataset, doubt } = await readSomehow({ bytes, source });
  const { points, dimension, labels, reading } = dataset;
  const [{ low, high }] = columnRanges(points, 1);
  return [
    ["kind", `rows of numbers, ${format.kind}`],
    ...(reading === undefined ? [] : [["read as", reading] as const]),
    ...(doubt === undefined ? [] : [["in doubt", doubt] as const]),
    ["rows", `${rowCount(dataset)} of ${dimension} numbers`],
    ...(labels ? [["classes", `${new Set(labels).size}`] as const] : []),
    ["range", `${number(low)} to ${number(high)}`],
    ["in a config", `"data": ${JSON.stringify({ ...format, path: source })}`],
  ];
}
