import type { Dataset } from "../../data/dataset.js";
import { transformFromJSON } from "../../data/transforms/index.js";
import { ArgumentError, describeValue } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { Table } from "../../tables/column.js";
import { encodeTable } from "../../tables/encoding/encode.js";
import { Refusal } from "./no-answer.js";
import type { HeldTable } from "./own-table.js";
import { inOwnWords } from "./own-words.js";
import type { OpenBody } from "./task-bodies.js";

/** All that a client has rows in. */
export interface ClientRows {
  /** Rows of numbers; undefined: it has a table. */
  readonly data: Dataset | undefined;
  readonly heldOut: Dataset | undefined;
  readonly table?: HeldTable | undefined;
  /** Told in a sentence what stays on this side. */
  readonly onNote?: (text: string) => void;
}

/** A client's rows, before the transform of a run. */
export interface RowsForRun {
  readonly train: Dataset;
  readonly heldOut: Dataset | undefined;
}

/** The rows that a run wants of a client: those of numbers, or those of its table as vectors. @throws Refusal where it has none of the kind. */
export async function rowsFor(
  { data, heldOut, table, onNote = () => {} }: ClientRows,
  { table: told }: OpenBody,
): Promise<RowsForRun> {
  if (!told) {
    if (!data) throw new Refusal("it holds a table, and no rows of numbers");
    return { train: data, heldOut };
  }
  if (!table) throw new Refusal("it holds no table");
  const { encoding } = told;
  const { dimension } = encoding;
  const encoded = (rows: Table): Dataset => {
    const { vectors, unknown } = encodeTable(encoding, rows);
    for (const [name, count] of Object.entries(unknown))
      onNote(`${count} of ${rows.rows} cells of ${describeValue(name)} have no code in the run's encoding`);
    return { points: vectors, dimension };
  };
  const rows = await table.read(told);
  return { train: encoded(rows.train), heldOut: rows.heldOut && encoded(rows.heldOut) };
}

/** Rows as the network sees them. */
export function mapped(
  engine: Engine,
  { points, exact, dimension }: Dataset,
  { transform }: OpenBody,
): { points: Float32Array; dimension: number } {
  if (!transform) return { points, dimension };
  const fitted = transformFromJSON(engine, transform, "the coordinator's transform");
  if (fitted.inputDimension !== dimension)
    throw new ArgumentError("transform", `must be of rows of ${dimension} numbers`, fitted.inputDimension);
  const forward = () => fitted.forward(exact ?? points);
  return {
    points: inOwnWords("the run's transforms make numbers of its rows that are not finite", forward),
    dimension: fitted.outputDimension,
  };
}
