import { familyOf, type SpecOf } from "../../family.js";
import { cifar10 } from "./cifar10.js";
import { csv } from "./csv.js";
import { foreignFile, notThe } from "./foreign.js";
import type { DataFile, DataFormat } from "./format.js";
import { gunzipAnnounced, isGzip } from "./gzip.js";
import { idx } from "./idx.js";
import { npy } from "./npy.js";
import { npz } from "./npz.js";
import { safetensors } from "./safetensors.js";

/** Every format by its kind. */
export const formats = familyOf(npy, npz, idx, csv, safetensors, cifar10);

/** A format and its settings, as plain data. */
export type DataFormatSpec = SpecOf<typeof formats>;

const known: readonly DataFormat[] = Object.values<DataFormat>(formats);

/** The format that a file begins as; undefined for text and for what none knows. */
export function recognized(bytes: Uint8Array): DataFormat | undefined {
  return known.find((format) => format.recognizes?.(bytes));
}

/** The format of a file by its first bytes, then by its name; text of another name is CSV. */
export function formatOf({ bytes, source }: DataFile): DataFormat {
  const name = source.toLowerCase().replace(/\.gz$/, "");
  return recognized(bytes) ?? known.find(({ extensions }) => extensions.some((end) => name.endsWith(end))) ?? csv;
}

/**
 * A file as it is once it is decompressed, where it is gzip.
 * @throws FedscoreError FEDSCORE_INVALID_DATA for damage, for more than a header announces, for more than 512 MiB, and for files of other
 * programs.
 */
export function plainFile(file: DataFile): DataFile {
  const { source } = file;
  const bytes = isGzip(file.bytes)
    ? gunzipAnnounced(file.bytes, source, (head) => recognized(head)?.announces?.(head, source))
    : file.bytes;
  if (recognized(bytes) || foreignFile(bytes) === undefined) return { bytes, source };
  throw notThe(`a file of kind ${Object.keys(formats).join(", ")}`, bytes, source);
}

/** Formats that samples are written in. */
export const writtenFormats: readonly DataFormat[] = known.filter(({ write }) => write);

/** Kinds of the formats that labels are read from. */
export const arrayKinds: readonly string[] = known.filter(({ readArray }) => readArray).map(({ kind }) => kind);
