import { basename, dirname, extname, relative, resolve } from "node:path";
import { type Dataset, rowCount } from "../../data/dataset.js";
import { dialects } from "../../data/formats/csv-dialects.js";
import type { DataFile } from "../../data/formats/format.js";
import { type DataFormatSpec, formatOf, plainFile } from "../../data/formats/index.js";
import { readDataset } from "../../data/read.js";
import { dataSchema } from "../config/data.js";
import type { ConfigInput } from "../config/schema.js";
import { readBytes } from "../files/read-file.js";
import type { StarterData } from "./starter.js";

/** Above this dimension a first run works on principal components. */
const mostCoordinates = 64;

/** More different labels are no classes. */
const mostClasses = 100;

/**
 * A file of rows as data of a config in `configPath`, with the settings that read it.
 * @throws FedscoreError FEDSCORE_FILE, FEDSCORE_INVALID_DATA where no way of reading it gives numbers.
 */
export async function fileData(path: string, configPath: string): Promise<StarterData> {
  const file = plainFile({ bytes: readBytes(path), source: path });
  const { format, dataset } = await readSomehow(file);
  const { reading } = dataset;
  const from = relative(dirname(resolve(configPath)), resolve(path)).replaceAll("\\", "/");
  return {
    name: nameFor(path),
    ...(reading !== undefined && { note: `${path}: ${reading}` }),
    data: dataSchema.parse({ ...format, path: from }),
    dimension: dataset.dimension,
    transforms: transformsFor(dataset),
  };
}

/** A file of rows, and the settings that read it. */
export interface WayToRead {
  readonly format: DataFormatSpec;
  readonly dataset: Dataset;
}

/** The first way of reading the file that gives numbers. @throws the error of the plainest way where none does. */
export async function readSomehow(file: DataFile): Promise<WayToRead> {
  let failure: unknown;
  for (const format of waysToRead(file)) {
    try {
      const dataset = await readDataset(file, { format });
      if (hasClasses(dataset)) return { format, dataset };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Whether labels, where there are any, are those of classes: few, so that they are no measurements. */
function hasClasses({ labels }: Dataset): boolean {
  return labels === undefined || new Set(labels).size <= Math.min(mostClasses, labels.length / 4);
}

/**
 * Of CSV the usual delimiters and decimal characters; with the last column as the class where its name or its texts say so. A first row that
 * may be a header or data is taken for a header, in the end.
 */
function waysToRead(file: DataFile): DataFormatSpec[] {
  const { kind } = formatOf(file);
  if (kind !== "csv") return [{ kind } as DataFormatSpec];
  return [{}, { header: true }].flatMap((header) =>
    dialects.flatMap((dialect): DataFormatSpec[] => {
      const { place, isClass } = lastColumn(file, dialect.delimiter);
      const plain = { kind: "csv", ...header, ...dialect } as const;
      const labelled = { ...plain, labelColumn: place };
      return isClass ? [labelled, plain] : [plain, labelled];
    }),
  );
}

/** Where the last column of a table is: its name, where the first row has names, else its number. */
function lastColumn({ bytes }: DataFile, delimiter: string): { place: string | number; isClass: boolean } {
  const lines = new TextDecoder().decode(bytes.subarray(0, 65536)).split(/[\r\n]+/);
  const first = lines.find((line) => line !== "" && !line.startsWith("#")) ?? "";
  const names = first
    .trim()
    .split(delimiter === " " ? /[ \t]+/ : delimiter)
    .map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  const last = names[names.length - 1];
  const isNamed = names.every((name) => name !== "" && Number.isNaN(Number(name)));
  return {
    place: isNamed ? last : names.length - 1,
    isClass: isNamed && /^(?:class|label|species|target)$/i.test(last),
  };
}

function transformsFor(dataset: Dataset): ConfigInput["transforms"] {
  if (dataset.dimension <= mostCoordinates) return [{ kind: "standardize", scale: "each" }];
  const components = Math.min(32, rowCount(dataset) - 1);
  return [
    { kind: "pca", components },
    { kind: "standardize", scale: "global" },
  ];
}

/** The name of the file, of the characters that a run's name may have. */
function nameFor(path: string): string {
  const name = basename(path, extname(path)).replace(/[^\w.-]+/g, "-");
  return name.replace(/^\W+/, "") || "rows";
}
