import { familyOf, type SpecOf } from "../../family.js";
import { csv } from "./csv.js";
import type { DataFile, DataFormat } from "./format.js";
import { idx } from "./idx.js";
import { npy } from "./npy.js";
import { safetensors } from "./safetensors.js";

/** Every format by its kind. */
export const formats = familyOf(npy, idx, csv, safetensors);

/** A format and its settings, as plain data. */
export type DataFormatSpec = SpecOf<typeof formats>;

const known: readonly DataFormat[] = Object.values<DataFormat>(formats);

/** The format that a file begins as; undefined for text and for what none knows. */
export function recognized(bytes: Uint8Array): DataFormat | undefined {
  return known.find((format) => format.recognizes?.(bytes));
}

/** The format of a file by its first bytes, then by its name; text of another name is CSV. */
export function formatOf({ bytes, source }: DataFile): DataFormat {
  const named = known.find(({ extensions }) => extensions.some((end) => source.toLowerCase().endsWith(end)));
  return recognized(bytes) ?? named ?? csv;
}

/** Kinds of the formats that labels are read from. */
export const arrayKinds: readonly string[] = known.filter(({ readArray }) => readArray).map(({ kind }) => kind);
