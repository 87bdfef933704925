import { canonicalJson } from "../../canonical-json.js";
import { plainFile } from "../../data/formats/index.js";
import {
  ArgumentError,
  describeValue,
  FedscoreError,
  isFedscoreError,
  requireNumber,
  requireText,
  requireTyped,
} from "../../errors.js";
import { filledSettings } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import type { Table } from "../../tables/column.js";
import { csvRowCount } from "../../tables/csv/row-count.js";
import { type ReadTableOptions, readFields, readTable } from "../../tables/read/read.js";
import { summarizeTable } from "../../tables/summary/summarize.js";
import type { TableSummary } from "../../tables/summary/table-summary.js";
import { heldOutRows, splitTable } from "../../tables/table-rows.js";
import type { TableReading } from "./clients-table.js";
import type { RowCounts } from "./messages.js";
import { Refusal } from "./no-answer.js";
import type { SummaryBody } from "./task-bodies.js";

/** A CSV file of a client, which is read when a run says by which schema. Its own settings of reading go before those of the run. */
export interface OwnTable extends ReadTableOptions {
  /** The file as it is, gzip or not. */
  readonly bytes: Uint8Array;
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

const keys = keysOf<OwnTable>({ bytes: true, source: true, heldOut: true, delimiter: true, onInvalid: true });

/** @throws ArgumentError or ArgumentTypeError with the key that is wrong. */
export function requireOwnTable(argument: string, table: OwnTable): OwnTable {
  const { bytes, source, heldOut, ...reading } = requireOptions(argument, table, keys);
  requireTyped(`${argument}.bytes`, bytes, Uint8Array);
  requireText(`${argument}.source`, source);
  filledSettings(readFields, argument, reading);
  if (heldOut !== undefined)
    requireNumber(`${argument}.heldOut`, heldOut, "must lie in [0, 1)", (share) => share >= 0 && share < 1);
  return table;
}

/** The table of a client: how many rows it has is known, what is in its columns once a run says what they are. */
export class HeldTable {
  readonly counts: RowCounts;
  readonly #engine: Engine;
  readonly #file: { readonly bytes: Uint8Array; readonly source: string };
  readonly #own: ReadTableOptions;
  readonly #share: number;
  readonly #onNote: (text: string) => void;
  /** How it was read first, and what its summary was asked for by. */
  #by: string | undefined;
  #asked: string | undefined;
  #rows: OwnRows | undefined;

  /** @throws FedscoreError FEDSCORE_INVALID_DATA for a file that is no table; ArgumentError for one without rows. */
  constructor(engine: Engine, { bytes, source, heldOut = 0, ...own }: OwnTable, onNote: (text: string) => void) {
    this.#engine = engine;
    this.#file = plainFile({ bytes, source });
    this.#own = own;
    this.#share = heldOut;
    this.#onNote = onNote;
    const rows = csvRowCount(this.#file.bytes, source, own.delimiter);
    if (rows === 0) throw new ArgumentError("table.bytes", "must hold at least 1 row", 0);
    const apart = this.#splits(rows) ? heldOutRows(rows, heldOut) : 0;
    this.counts = { rows: rows - apart, heldOut: apart };
  }

  /**
   * What its training rows say to others. Once a process by the same settings: of two summaries of the same rows the difference may be one row.
   * @throws Refusal as `read`, and where it was asked for another summary before.
   */
  summarize({ schema, reading, smallestCount, quantiles }: SummaryBody): TableSummary {
    const asked = canonicalJson({ smallestCount, quantiles });
    if (this.#asked !== undefined && this.#asked !== asked)
      throw new Refusal("it has given another summary of its table, and gives no second one until it is started anew");
    const { train } = this.read({ schema, reading });
    this.#asked = asked;
    return summarizeTable(train, schema, { smallestCount, quantiles });
  }

  /**
   * Its rows by the schema of a run. A process reads by one schema: whether cells fit another one would tell of single cells.
   * @throws Refusal where it was read by another schema before, and where the file does not fit: what it says to others names the column and the rule, and no cell.
   */
  read({ schema, reading }: TableReading): OwnRows {
    const by = canonicalJson({ schema, reading });
    if (this.#by !== undefined && this.#by !== by)
      throw new Refusal(
        "it has read its table by another schema, and reads it by no second one until it is started anew",
      );
    this.#by = by;
    this.#rows ??= this.#readBy({ schema, reading });
    return this.#rows;
  }

  #readBy({ schema, reading }: TableReading): OwnRows {
    const { bytes, source } = this.#file;
    const { delimiter = reading.delimiter, onInvalid = reading.onInvalid } = this.#own;
    const { table, invalid } = withoutCells(() => readTable(bytes, source, schema, { delimiter, onInvalid }));
    for (const [name, count] of Object.entries(invalid))
      this.#onNote(`${source}: ${count} cells of ${describeValue(name)} do not fit the schema and are gaps`);
    return this.#splits(table.rows)
      ? splitTable(this.#engine, table, { heldOut: this.#share, seed: splitSeed })
      : { train: table, heldOut: undefined };
  }

  #splits(rows: number): boolean {
    return this.#share > 0 && rows > 1;
  }
}

/** A cell that does not fit is named to who holds the file, in the cause of the refusal, and to nobody else. */
function withoutCells<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!isFedscoreError(error)) throw error;
    const { position, expected } = error instanceof FedscoreError ? error.details : {};
    const isTold = typeof position === "string" && typeof expected === "string";
    const place = isTold ? position.replace(/^line \d+(, )?/, "") : "";
    const where = isTold ? `: ${place}${place === "" ? "" : ": "}expected ${expected}` : "";
    throw new Refusal(`its file does not fit the schema${where}`, { cause: error });
  }
}
