import { type Zippable, zipSync } from "fflate/browser";
import { ArgumentError, describeValue, requireArray, requireObject, requireText, requireTyped } from "../../errors.js";
import { optional, text } from "../../fields.js";
import { rowsOf } from "./array-rows.js";
import type { NumberValues } from "./elements.js";
import { dataFormat } from "./format.js";
import { advised, invalidData } from "./invalid.js";
import { labelsOf } from "./labels.js";
import { type NpyArray, readNpy, readStoredNpy, writeNpy } from "./npy.js";
import { type ZipEntry, zipEntries } from "./zip.js";
import { firstZipName } from "./zip-name.js";

/** An array of an .npz file. */
export interface NamedArray extends NpyArray {
  readonly name: string;
}

const ending = ".npy";

/**
 * Reads the arrays of an .npz file, as `np.savez` and `np.savez_compressed` write them, in their order; each as `readNpy` does.
 * @throws FedscoreError FEDSCORE_INVALID_DATA.
 */
export function readNpz(bytes: Uint8Array, source: string): readonly NamedArray[] {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  return arraysIn(bytes, source).map((entry) => ({
    name: nameOf(entry),
    ...readNpy(entry.read(), placeOf(source, entry)),
  }));
}

/**
 * An .npz file of arrays by their names, not compressed; the same content gives the same bytes.
 * @throws ArgumentError, ArgumentTypeError as `writeNpy`, and for a name that is empty or there twice.
 */
export function writeNpz(
  arrays: readonly { readonly name: string; readonly shape: readonly number[]; readonly values: NumberValues }[],
): Uint8Array<ArrayBuffer> {
  requireArray("arrays", arrays);
  const files = new Map<string, Uint8Array>();
  for (const [index, array] of arrays.entries()) {
    const { name, shape, values } = requireObject(`arrays[${index}]`, array);
    requireText(`arrays[${index}].name`, name);
    if (name === "" || files.has(name + ending))
      throw new ArgumentError(`arrays[${index}].name`, "must be a name that none before it has", name);
    files.set(name + ending, writeNpy(values, shape));
  }
  const zippable: Zippable = Object.fromEntries(files);
  return zipSync(zippable, { level: 0, mtime: firstDay });
}

/** The first day that zip has, wherever the clock stands. */
const firstDay = new Date(1980, 0, 1);

/** Rows of one of its arrays, and their classes from another. */
export const npz = dataFormat({
  kind: "npz",
  source: "NumPy Enhancement Proposal 1; PKWARE APPNOTE.TXT",
  text: "Rows of an array in an archive of NumPy arrays: [rows, dimension], [rows], or grey images [rows, height, width].",
  extensions: [".npz"],
  fields: {
    array: text(
      /./,
      "must be the name of an array",
      optional,
      "Array that is read. Default: the only one but that of classes.",
    ),
    labelArray: text(
      /./,
      "must be the name of an array",
      optional,
      "Array that holds the class of each row. Default: none.",
    ),
  },
  recognizes: (bytes) => firstZipName(bytes)?.endsWith(ending) ?? false,
  async create({ array, labelArray }, { bytes, source }) {
    const entries = arraysIn(bytes, source);
    const classes = labelArray === undefined ? undefined : entryOf(entries, labelArray, source);
    const rows = entryOf(
      entries.filter((entry) => entry !== classes),
      array,
      source,
    );
    const place = placeOf(source, rows);
    const dataset = rowsOf(readStoredNpy(rows.read(), place), place);
    if (classes === undefined) return dataset;
    const labels = labelsOf(readNpy(classes.read(), placeOf(source, classes)), placeOf(source, classes));
    const count = dataset.points.length / dataset.dimension;
    if (labels.length === count) return { ...dataset, labels };
    throw invalidData(source, `array ${labelArray}`, `${count} labels, one per row`, labels.length);
  },
  async readArray({ bytes, source }) {
    const entry = entryOf(arraysIn(bytes, source), undefined, source);
    return readNpy(entry.read(), placeOf(source, entry));
  },
  write({ points, dimension, classes }) {
    const count = points.length / dimension;
    return writeNpz([
      { name: "samples", shape: [count, dimension], values: points },
      ...(classes ? [{ name: "classes", shape: [count], values: classes }] : []),
    ]);
  },
});

function arraysIn(bytes: Uint8Array, source: string): readonly ZipEntry[] {
  return zipEntries(bytes, source).filter(({ name }) => name.endsWith(ending));
}

/** The array of that name, or the only one. */
function entryOf(entries: readonly ZipEntry[], name: string | undefined, source: string): ZipEntry {
  const found = name === undefined ? entries : entries.filter((entry) => nameOf(entry) === name);
  if (found.length === 1) return found[0];
  const expected = name === undefined ? "one array" : `the array ${describeValue(name)}`;
  const error = invalidData(source, "archive", expected, entries.map(nameOf).join(", ") || "none");
  throw advised(error, "set array, or labelArray, to the name of one of them");
}

function nameOf({ name }: ZipEntry): string {
  return name.slice(0, -ending.length);
}

function placeOf(source: string, entry: ZipEntry): string {
  return `${source}, array ${describeValue(nameOf(entry))}`;
}
