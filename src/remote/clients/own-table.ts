import { canonicalJson } from "../../canonical-json.js";
import {
  ArgumentError,
  describeValue,
  FedscoreError,
  isFedscoreError,
  requireNumber,
  requireText,
} from "../../errors.js";
import { filledSettings } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import type { Table } from "../../tables/column.js";
import { readTableFile } from "../../tables/file/read-file.js";
import { rowCountOf } from "../../tables/file/row-count.js";
import { type FileSlices, requireSlices } from "../../tables/file/slices.js";
import type { FileProgress } from "../../tables/file/table-file.js";
import { type ReadTableOptions, readFields } from "../../tables/read/read.js";
import { summarizeTable } from "../../tables/summary/summarize.js";
import type { TableSummary } from "../../tables/summary/table-summary.js";
import { heldOutRows, splitTable } from "../../tables/table-rows.js";
import type { TableReading } from "./clients-table.js";
import type { RowCounts } from "./messages.js";
import { Refusal } from "./no-answer.js";
import type { SummaryBody } from "./task-bodies.js";

/** A file of a client, of any kind that `readTableFile` reads, which is read when a run says by which schema. Its own settings of reading go before those of the run. */
export interface OwnTable extends ReadTableOptions {
  /** The file as it is, such as what `fs.openAsBlob` of Node gives: it is read when a run wants its rows, and may not change until then. */
  readonly file: FileSlices;
  /** Names the file in messages on this side. */
  readonly source: string;
  /** Share of the rows, in [0, 1), whose loss is measured and that are not trained on. Default: 0. */
  readonly heldOut?: number | undefined;
}

/** Rows to train on and rows whose loss is measured. */
export interface OwnRows {
  readonly train: Table;
  readonly heldOut: Table | undefined;
}

/** Which rows are held out is the same in every run. */
const splitSeed = 1;

const keys = keysOf<OwnTable>({ file: true, source: true, heldOut: true, delimiter: true, onInvalid: true });

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong. */
export function requireOwnTable(argument: string, table: OwnTable): OwnTable {
  const { file, source, heldOut, ...reading } = requireOptions(argument, table, keys);
  requireSlices(`${argument}.file`, file);
  requireText(`${argument}.source`, source);
  filledSettings(readFields, argument, reading);
  if (heldOut !== undefined)
    requireNumber(`${argument}.heldOut`, heldOut, "must lie in [0, 1)", (share) => share >= 0 && share < 1);
  return table;
}

/** Milliseconds between two notes of how far a file is read. */
const noteEvery = 5000;

interface HeldTableOptions {
  readonly onNote: (text: string) => void;
  /** Ends its readings. */
  readonly signal?: AbortSignal | undefined;
}

/** The table of a client: how many rows it has is known, what is in its columns once a run says what they are. */
export class HeldTable {
  readonly counts: RowCounts;
  readonly #engine: Engine;
  readonly #own: Omit<OwnTable, "heldOut">;
  readonly #share: number;
  readonly #options: HeldTableOptions;
  /** How it was read first, and what its summary was asked for by. */
  #by: string | undefined;
  #asked: string | undefined;
  #rows: Promise<OwnRows> | undefined;

  private constructor(engine: Engine, { heldOut = 0, ...own }: OwnTable, rows: number, options: HeldTableOptions) {
    this.#engine = engine;
    this.#own = own;
    this.#share = heldOut;
    this.#options = options;
    const apart = this.#splits(rows) ? heldOutRows(rows, heldOut) : 0;
    this.counts = { rows: rows - apart, heldOut: apart };
  }

  /**
   * Counts the rows of a file, all of which it reads for it.
   * @throws FedscoreError FEDSCORE_INVALID_DATA for a file that is no table, FEDSCORE_UNSUPPORTED with the package that it needs, FEDSCORE_ABORTED; ArgumentError for one without rows.
   */
  static async open(engine: Engine, own: OwnTable, options: HeldTableOptions): Promise<HeldTable> {
    const { file, source, delimiter } = own;
    const rows = await rowCountOf(file, source, { delimiter, signal: options.signal });
    if (rows === 0) throw new ArgumentError("table.file", "must hold at least 1 row", 0);
    return new HeldTable(engine, own, rows, options);
  }

  /**
   * What its training rows say to others. Once a process by the same settings: of two summaries of the same rows the difference may be one row.
   * @throws Refusal as `read`, and where it was asked for another summary before.
   */
  async summarize({ schema, reading, smallestCount, quantiles }: SummaryBody): Promise<TableSummary> {
    const asked = canonicalJson({ smallestCount, quantiles });
    if (this.#asked !== undefined && this.#asked !== asked)
      throw new Refusal("it has given another summary of its table, and gives no second one until it is started anew");
    const rows = this.read({ schema, reading });
    this.#asked = asked;
    const { train } = await rows;
    return summarizeTable(train, schema, { smallestCount, quantiles });
  }

  /**
   * Its rows by the schema of a run. A process reads by one schema: whether cells fit another one would tell of single cells.
   * @throws Refusal where it was read by another schema before, and where the file does not fit: what it says to others names the column and the rule, and no cell.
   */
  async read({ schema, reading }: TableReading): Promise<OwnRows> {
    const by = canonicalJson({ schema, reading });
    if (this.#by !== undefined && this.#by !== by)
      throw new Refusal(
        "it has read its table by another schema, and reads it by no second one until it is started anew",
      );
    this.#by = by;
    this.#rows ??= this.#readBy({ schema, reading });
    return this.#rows;
  }

  async #readBy({ schema, reading }: TableReading): Promise<OwnRows> {
    const { file, source, delimiter = reading.delimiter, onInvalid = reading.onInvalid } = this.#own;
    const { signal } = this.#options;
    const options = { delimiter, onInvalid, signal, onProgress: this.#progress() };
    const { table, invalid } = await withoutCells(() => readTableFile(file, source, schema, options));
    const { rows, heldOut } = this.counts;
    if (table.rows !== rows + heldOut) throw new Refusal("its file has changed since it joined");
    for (const [name, count] of Object.entries(invalid))
      this.#options.onNote(`${source}: ${count} cells of ${describeValue(name)} do not fit the schema and are gaps`);
    return this.#splits(table.rows)
      ? splitTable(this.#engine, table, { heldOut: this.#share, seed: splitSeed })
      : { train: table, heldOut: undefined };
  }

  /** Notes of what takes long. */
  #progress(): (progress: FileProgress) => void {
    let told = performance.now();
    return ({ share }) => {
      if (performance.now() - told < noteEvery) return;
      told = performance.now();
      this.#options.onNote(`${this.#own.source}: ${Math.floor(100 * share)} % is read`);
    };
  }

  #splits(rows: number): boolean {
    return this.#share > 0 && rows > 1;
  }
}

/** A cell that does not fit is named to who holds the file, in the cause of the refusal, and to nobody else. */
async function withoutCells<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!isFedscoreError(error) || error.code === "FEDSCORE_ABORTED") throw error;
    const { position, expected } = error instanceof FedscoreError ? error.details : {};
    const isTold = typeof position === "string" && typeof expected === "string";
    const place = isTold ? position.replace(/^(?:line|row) \d+(, )?/, "") : "";
    const where = isTold ? `: ${place}${place === "" ? "" : ": "}expected ${expected}` : "";
    throw new Refusal(`its file does not fit the schema${where}`, { cause: error });
  }
}
