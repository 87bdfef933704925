import { type Dataset, rowCount } from "../../data/dataset.js";
import { lastColumn } from "../../data/formats/csv-classes.js";
import { likelyDialects, mayBeDecimals } from "../../data/formats/csv-dialects.js";
import { utf8Text } from "../../data/formats/csv-text.js";
import type { DataFile } from "../../data/formats/format.js";
import { type DataFormatSpec, formatOf, plainFile } from "../../data/formats/index.js";
import { set } from "../../data/formats/invalid.js";
import { readDataset } from "../../data/read.js";
import { FedscoreError } from "../../errors.js";
import { dataSchema } from "../config/data.js";
import { rowCounts } from "../config/row-counts.js";
import type { ConfigInput } from "../config/schema.js";
import type { StarterData } from "./starter.js";

/** Above this dimension a first run works on principal components. */
const mostCoordinates = 64;

/** More different labels are no classes. */
const mostClasses = 100;

/**
 * A file of rows as data of a config that knows it by `path`, with the settings that read it.
 * @throws FedscoreError FEDSCORE_INVALID_DATA where no way of reading it gives numbers, FEDSCORE_INVALID_CONFIG for too few rows.
 */
export async function fileData(file: DataFile, path: string): Promise<StarterData> {
  const { source } = file;
  const { format, dataset, doubt } = await readSomehow(file);
  const { reading } = dataset;
  const { train } = rowCounts(`a config of ${source}`, rowCount(dataset), {});
  return {
    name: nameFor(source),
    ...(reading !== undefined && {
      note: [`${source}: ${reading}`, ...(doubt === undefined ? [] : [doubt])].join("\n"),
    }),
    data: dataSchema.parse({ ...format, path }),
    dimension: dataset.dimension,
    rows: train,
    transforms: transformsFor(dataset.dimension, train),
  };
}

/** A file of rows, and the settings that read it. */
export interface WayToRead {
  readonly format: DataFormatSpec;
  readonly dataset: Dataset;
  /** What else the file may be, and what to set then. */
  readonly doubt?: string | undefined;
}

/**
 * The first way of reading the file that gives numbers; a first row that may be names or data is names, if nothing else reads the file.
 * @throws the error of the likeliest way where none does.
 */
export async function readSomehow(given: DataFile): Promise<WayToRead> {
  const file = plainFile(given);
  const way = await firstWay(file);
  const doubt = doubtOf(way, file);
  return { ...way, ...(doubt !== undefined && { doubt }) };
}

/** Two columns of integers without names may be one of decimal commas: nothing in the file says which. */
function doubtOf({ format, dataset }: WayToRead, { bytes, source }: DataFile): string | undefined {
  if (format.kind !== "csv" || format.delimiter !== "," || !mayBeDecimals(utf8Text(bytes, source).bytes))
    return undefined;
  const columns = dataset.labels ? "a number and a class" : "two numbers";
  return `each row is taken for ${columns}; where it is one number with a decimal comma, ${set({ delimiter: ";", decimal: "," })}`;
}

async function firstWay(file: DataFile): Promise<WayToRead> {
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

/** Of CSV the dialects that its beginning allows; with the last column as the class where its name or its texts say so. */
function waysToRead(file: DataFile): DataFormatSpec[] {
  const { kind } = formatOf(file);
  if (kind !== "csv") return [{ kind } as DataFormatSpec];
  const text = utf8Text(file.bytes, file.source);
  return likelyDialects(text).flatMap((dialect): DataFormatSpec[] => {
    const { place, isNamed, holds } = lastColumn(text.bytes, dialect);
    const plain = { kind: "csv", ...dialect } as const;
    const labelled = { ...plain, labelColumn: place };
    if (isNamed && holds !== "both") return [labelled, plain];
    return holds === "texts" ? [plain, labelled] : [plain];
  });
}

function transformsFor(dimension: number, rows: number): ConfigInput["transforms"] {
  if (dimension <= mostCoordinates) return [{ kind: "standardize", scale: "each" }];
  const components = Math.min(32, rows - 1);
  return [
    { kind: "pca", components },
    { kind: "standardize", scale: "global" },
  ];
}

/** The name of the file, of the characters that a run's name may have. */
export function nameFor(path: string): string {
  const [file = ""] = path.split(/[/\\]/).slice(-1);
  const name = file
    .replace(/\.gz$/i, "")
    .replace(/(?<=.)\.[^.]*$/, "")
    .replace(/[^\w.-]+/g, "-");
  return name.replace(/^\W+/, "") || "rows";
}
