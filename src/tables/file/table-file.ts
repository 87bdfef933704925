import type { CsvLayout } from "../csv/layout.js";
import type { Guesser } from "../infer/guess.js";
import type { TableSchema } from "../schema/field.js";

/** How a file is opened. */
export interface OpenFileOptions {
  /** Character between two cells of a CSV file. Default: told by the file. */
  readonly delimiter?: string | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Is told now and then how much of the file is read. */
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

/** How far a file is read. */
export interface FileProgress {
  readonly rows: number;
  /** Share of the file, from 0 to 1. */
  readonly share: number;
}

/** Is told a row and where it is: its line in a text, its number in other files, both from 1. Says whether more are wanted. */
export type VisitCells = (cells: readonly string[], at: number) => boolean;

/** A table of any kind of file, with what is known before its rows. */
export interface TableFile extends Pick<CsvLayout, "names" | "titles" | "dialect"> {
  /** Of each column, what may be guessed of its cells where the file says of what type it is. */
  readonly guesses?: readonly Guesser[] | undefined;
  /** How many rows there are at most. */
  readonly mostRows: number;
  /** What `at` of a row counts. */
  readonly unit: "line" | "row";
  /**
   * Visits all rows, as cells of text, until `visit` says false.
   * @param schema that the rows are read by; cells of columns that it does not have may be empty. Without one, cells are as exact as they can be written.
   * @throws FedscoreError FEDSCORE_INVALID_DATA for damage and rows of another length, FEDSCORE_ABORTED.
   */
  forEachRow(visit: VisitCells, schema?: TableSchema): Promise<void>;
}
