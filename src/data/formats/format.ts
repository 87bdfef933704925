import type { Fields, Member } from "../../family.js";
import type { Dataset } from "../dataset.js";

/** The content of a file and what errors call it. */
export interface DataFile {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** Numbers in C order. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Samples to be written to a file. */
export interface WrittenRows {
  /** float32 [rows, dimension]. */
  readonly points: Float32Array;
  readonly dimension: number;
  /** One a row. */
  readonly classes?: Uint32Array | undefined;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number] | undefined;
}

/** A kind of file that rows are read from. One file per format, plus one line in the index. */
export interface DataFormat<Kind extends string = string, F extends Fields = Fields>
  extends Member<Kind, F, readonly [DataFile], Promise<Dataset>> {
  /** Ends of the names of such files; files that are written have the first. */
  readonly extensions: readonly string[];
  /** Whether a file begins as this format does; absent for text. */
  recognizes?(bytes: Uint8Array): boolean;
  /** Bytes of a whole file, as far as its beginning says. Throws FEDSCORE_INVALID_DATA where the beginning is wrong. */
  announces?(head: Uint8Array, source: string): number;
  /** The array that such a file is, where it is one: what labels are read from. */
  readArray?(file: DataFile): Promise<NumberArray>;
  /** Samples as such a file; absent where it has no room for them. Throws ArgumentError for NaN and Infinity. */
  write?(rows: WrittenRows): Uint8Array<ArrayBuffer>;
}

/** A format whose settings' types follow from its fields. */
export function dataFormat<const Kind extends string, F extends Fields>(
  definition: DataFormat<Kind, F>,
): DataFormat<Kind, F> {
  return definition;
}
