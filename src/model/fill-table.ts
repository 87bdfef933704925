import { requireInteger, requireText, requireTyped } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import type { Table } from "../tables/column.js";
import { readGaps } from "../tables/fill/gap-file.js";
import { decodeFilled, knownCells } from "../tables/fill/known-cells.js";
import { InThreadPool } from "../workers/in-thread.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import type { Model } from "./model.js";
import { requireTableModel } from "./require-model.js";
import { type GivenChoice, sampleModelGivenInPool } from "./sample-given.js";
import type { SamplingOptions } from "./sample-in-pool.js";

/** How gaps are filled; `signal` stops between blocks of rows, `onAdvance` is called after each. */
export interface FillTableOptions extends GivenChoice, SamplingOptions {
  /** What messages call the file. Default "table". */
  readonly source?: string | undefined;
}

const fillKeys = keysOf<FillTableOptions>({
  source: true,
  draws: true,
  particles: true,
  seed: true,
  grid: true,
  class: true,
  guidance: true,
  signal: true,
  onAdvance: true,
});

/** Files without gaps. */
export interface FilledTable {
  /** One for each draw. */
  readonly files: readonly Uint8Array[];
  /** Rows of the file, and those of them that had a gap. */
  readonly rows: number;
  readonly rowsWithGaps: number;
  /** Gaps of each column that were filled; columns without any are left out. */
  readonly filled: Readonly<Record<string, number>>;
  /** Gaps of each column that stay, since the model knows no other cell of it; columns without any are left out. */
  readonly left: Readonly<Record<string, number>>;
}

/**
 * Fills the gaps of a CSV file with cells drawn given the others of their row, by a model of such tables. The file may lack columns of the model's schema and
 * have others; every character of it but gaps stays. That a cell is there counts as known: a gap is filled with what the cell may hold, also where the model has learnt which cells are
 * gaps. Several draws are independent: filled files for multiple imputation (Rubin, 1987).
 * @throws ArgumentError naming the option that is out of range; FedscoreError FEDSCORE_INVALID_DATA with file, line, column, the cell and what was expected,
 * FEDSCORE_UNSUPPORTED for a model of no table or one whose transform mixes coordinates, FEDSCORE_NON_FINITE, FEDSCORE_ABORTED.
 */
export async function fillTable(
  engine: Engine,
  model: Model,
  bytes: Uint8Array,
  options: FillTableOptions = {},
): Promise<FilledTable> {
  return fillTableInPool(new InThreadPool(engine), model, bytes, options);
}

/** The same in the workers of a pool; the same bytes for any number of workers. */
export async function fillTableInPool(
  pool: WorkerPool,
  model: Model,
  bytes: Uint8Array,
  options: FillTableOptions = {},
): Promise<FilledTable> {
  const { source = "table", ...choice } = requireOptions("options", options, fillKeys);
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const { schema, ...coded } = requireTableModel(model);
  const file = readGaps(bytes, source, schema);
  const draws = requireInteger("draws", choice.draws ?? 1, 1);
  const counted = { rows: file.rows, rowsWithGaps: file.table.rows };
  if (file.table.rows === 0)
    return { files: new Array<Uint8Array>(draws).fill(bytes), ...counted, filled: {}, left: {} };
  const { vectors, known } = knownCells(coded.encoding, file.table);
  const drawn = await sampleModelGivenInPool(pool, model, { ...choice, points: vectors, given: known });
  const tables = Array.from({ length: draws }, (_, draw) =>
    decodeFilled(coded, drawn.subarray(draw * vectors.length, (draw + 1) * vectors.length)),
  );
  return { files: tables.map((each) => file.fill(each)), ...counted, ...countGaps(file.table, tables[0]) };
}

/** Which cells are gaps depends on the model alone, so all draws leave the same. */
function countGaps({ columns }: Table, filled: Table): Pick<FilledTable, "filled" | "left"> {
  const counts = columns.map(({ name, missing }) => {
    const drawn = filled.columns.find((column) => column.name === name);
    const isLeft = (row: number) => missing[row] === 1 && drawn?.missing[row] === 1;
    const left = missing.reduce((sum, _, row) => sum + Number(isLeft(row)), 0);
    return { name, left, filled: missing.reduce((sum, flag) => sum + flag, 0) - left };
  });
  const named = (key: "filled" | "left") =>
    Object.fromEntries(counts.filter((each) => each[key] > 0).map((each) => [each.name, each[key]]));
  return { filled: named("filled"), left: named("left") };
}
