import { basename, dirname, extname, relative, resolve } from "node:path";
import { type Dataset, rowCount } from "../../data/dataset.js";
import { dialects } from "../../data/formats/csv-dialects.js";
import type { DataFile } from "../../data/formats/format.js";
import { type DataFormatSpec, formatOf, plainFile } from "../../data/formats/index.js";
import { set } from "../../data/formats/invalid.js";
import { readDataset } from "../../data/read.js";
import { FedscoreError } from "../../errors.js";
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
  const file = { bytes: readBytes(path), source: path };
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

/**
 * The first way of reading the file that gives numbers; a first row that may be names or data is names, if nothing else reads the file.
 * @throws the error of the plainest way where none does.
 */
export async function readSomehow(given: DataFile): Promise<WayToRead> {
  const file = plainFile(given);
  let failure: unknown;
  const headed: DataFormatSpec[] = [];
  const attempt = async (format: DataFormatSpec): Promise<WayToRead | undefined> => {
    try {
      const dataset = await readDataset(file, { format });
      return hasClasses(dataset) ? { format, dataset } : undefined;
    } catch (error) {
      failure ??= error;
      if (format.kind === "csv" && mayHaveHeader(error)) headed.push({ ...format, header: true });
      return undefined;
    }
  };
  for (const format of waysToRead(file)) {
    const way = await attempt(format);
    if (way) return way;
  }
  for (const format of [...headed]) {
    const way = await attempt(format);
    if (way) return way;
  }
  throw failure;
}

/** Whether a first row was refused because it may be names or data. */
function mayHaveHeader(error: unknown): boolean {
  if (!(error instanceof FedscoreError)) return false;
  const { advice } = error.details;
  return typeof advice === "string" && advice.startsWith(set({ header: true }));
}

/** Whether labels, where there are any, are those of classes: few, so that they are no measurements. */
function hasClasses({ labels }: Dataset): boolean {
  return labels === undefined || new Set(labels).size <= Math.min(mostClasses, labels.length / 4);
}

/** Of CSV the usual delimiters and decimal characters; with the last column as the class where its name or its texts say so. */
function waysToRead(file: DataFile): DataFormatSpec[] {
  const { kind } = formatOf(file);
  if (kind !== "csv") return [{ kind } as DataFormatSpec];
  return dialects.flatMap((dialect): DataFormatSpec[] => {
    const { place, isClass } = lastColumn(file, dialect.delimiter);
    const plain = { kind: "csv", ...dialect } as const;
    const labelled = { ...plain, labelColumn: place };
    return isClass ? [labelled, plain] : [plain, labelled];
  });
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
