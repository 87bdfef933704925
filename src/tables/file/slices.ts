import { requireInteger, requireMethods } from "../../errors.js";

/** A file that is read part by part: what a `Blob` or `File` has, and `fs.openAsBlob` of Node gives. */
export interface FileSlices {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `from` on and before `to`. */
  slice(from: number, to: number): Slice;
}

/** A part of a file. */
export interface Slice {
  /** Reads it. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Throws unless value is a file. */
export function requireSlices(argument: string, value: FileSlices): FileSlices {
  requireMethods(argument, value, ["slice"]);
  requireInteger(`${argument}.size`, value.size, 0);
  return value;
}

/** Bytes in memory as a file. */
export function sliceBytes(bytes: Uint8Array): FileSlices {
  return {
    size: bytes.length,
    slice: (from, to) => ({ arrayBuffer: async () => new Uint8Array(bytes.subarray(from, to)).buffer }),
  };
}

export async function bytesOf(file: FileSlices, from = 0, to = file.size): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}
