import type { SchemaElement, SchemaTree } from "hyparquet";
import { invalidData } from "../../../data/formats/invalid.js";
import { FedscoreError, throwIfAborted } from "../../../errors.js";
import type { CellType } from "../cell-type.js";
import type { FileSlices } from "../slices.js";
import type { OpenFileOptions, TableFile } from "../table-file.js";
import { rowsBetweenTurns, turn } from "../turn.js";
import { cellWriters, typedLayout } from "../typed-columns.js";
import { loadHyparquet } from "../typed-packages.js";
import { checkGroup } from "./check-group.js";
import { compressorsFor } from "./compressors.js";
import { readFooter } from "./footer.js";

/** Moments and days as milliseconds since 1970-01-01. */
const parsers = {
  timestampFromMilliseconds: (time: bigint) => Number(time),
  timestampFromMicroseconds: (time: bigint) => Number(time) / 1e3,
  timestampFromNanoseconds: (time: bigint) => Number(time) / 1e6,
  dateFromDays: (days: number) => days * 864e5,
};

/** @throws FedscoreError FEDSCORE_INVALID_DATA, FEDSCORE_UNSUPPORTED where a package is not installed. */
export async function openParquet(
  slices: FileSlices,
  source: string,
  { signal, onProgress }: OpenFileOptions,
): Promise<TableFile> {
  const library = await loadHyparquet();
  const { columns, groups, metadata } = await whole(source, async () => readFooter(library, slices));
  const compressors = await compressorsFor(library, metadata, source);
  const count = Number(metadata.num_rows);
  const types = columns.map(({ title, tree }) => ({ title, type: typeOf(tree) }));
  const file = {
    byteLength: slices.size,
    slice: (from: number, to = slices.size) => slices.slice(from, to).arrayBuffer(),
  };
  return {
    ...typedLayout(types, count),
    async forEachRow(visit, schema) {
      const writers = cellWriters(types, schema);
      const read = columns.filter((_, index) => writers[index]).map(({ key }) => key);
      let first = 0;
      for (const group of groups) {
        throwIfAborted(signal);
        const { rows } = group;
        const values = new Map(read.map((key) => [key, [] as unknown[]]));
        await whole(source, async () => {
          await checkGroup(group, slices, new Set(read), compressors);
          const range = { rowStart: first, rowEnd: first + rows };
          await library.parquetRead({
            ...{ file, metadata, columns: read, parsers, compressors, ...range },
            onChunk({ columnName, columnData }) {
              const column = values.get(columnName);
              for (let row = 0; row < columnData.length; row++) column?.push(columnData[row]);
            },
          });
          for (const { key, isFlat } of columns) {
            const column = values.get(key);
            if (column && column.length !== rows)
              throw new Error(`${column.length} values of a column in ${rows} rows`);
            if (isFlat && column?.includes(undefined)) throw new Error("a value that its dictionary does not have");
          }
        });
        const groupColumns = columns.map(({ key }) => values.get(key) ?? []);
        for (let row = 0; row < rows; row++) {
          if (row % rowsBetweenTurns === 0) {
            onProgress?.({ rows: first + row, share: (first + row) / count });
            await turn();
            throwIfAborted(signal);
          }
          const cells = writers.map((write, index) => write?.(groupColumns[index][row]) ?? "");
          if (!visit(cells, first + row + 1)) return;
        }
        first += rows;
      }
      onProgress?.({ rows: first, share: 1 });
    },
  };
}

/** What a damaged file makes the library throw, as an error that names the file. */
async function whole<Result>(source: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FedscoreError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw invalidData(source, "its pages", "a Parquet file without damage", message, error);
  }
}

function typeOf({ element, children }: SchemaTree): CellType {
  if (children.length > 0 || element.repetition_type === "REPEATED") return { kind: "string" };
  return logicalType(element) ?? physicalType(element);
}

function logicalType({ logical_type: logical, converted_type: converted, scale }: SchemaElement): CellType | undefined {
  if (converted === "DECIMAL") return { kind: "decimal", scale: scale ?? 0 };
  if (converted === "DATE" || logical?.type === "DATE") return { kind: "date" };
  if (logical?.type === "TIMESTAMP" || converted?.startsWith("TIMESTAMP")) return { kind: "datetime" };
  if (logical?.type === "DECIMAL") return { kind: "decimal", scale: logical.scale };
  return logical?.type === "FLOAT16" ? { kind: "float16" } : undefined;
}

function physicalType({ type }: SchemaElement): CellType {
  switch (type) {
    case "BOOLEAN":
      return { kind: "boolean" };
    case "INT32":
    case "INT64":
      return { kind: "integer" };
    case "INT96":
      return { kind: "datetime" };
    case "FLOAT":
      return { kind: "float32" };
    case "DOUBLE":
      return { kind: "float64" };
    default:
      return { kind: "string" };
  }
}
