import type { FileMetaData, SchemaElement, SchemaTree } from "hyparquet";
import { invalidData } from "../../data/formats/invalid.js";
import { FedscoreError, throwIfAborted } from "../../errors.js";
import type { CellType } from "./cell-type.js";
import type { FileSlices } from "./slices.js";
import type { OpenFileOptions, TableFile } from "./table-file.js";
import { rowsBetweenTurns, turn } from "./turn.js";
import { cellWriters, typedLayout } from "./typed-columns.js";
import { type Compressors, loadCompressors, loadHyparquet } from "./typed-packages.js";

const magic = "PAR1";

/** Moments and days as milliseconds since 1970-01-01. */
const parsers = {
  timestampFromMilliseconds: (time: bigint) => Number(time),
  timestampFromMicroseconds: (time: bigint) => Number(time) / 1e3,
  timestampFromNanoseconds: (time: bigint) => Number(time) / 1e6,
  dateFromDays: (days: number) => days * 864e5,
};

/** Whether bytes begin as a Parquet file; a text may begin with the same letters. */
export function isParquet(head: Uint8Array): boolean {
  return begins(head, magic) && head.subarray(0, 64).some((byte) => byte < 9);
}

function begins(head: Uint8Array, text: string): boolean {
  return Array.from(text, (character) => character.charCodeAt(0)).every((byte, at) => head[at] === byte);
}

/** @throws FedscoreError FEDSCORE_INVALID_DATA, FEDSCORE_UNSUPPORTED where a package is not installed. */
export async function openParquet(
  slices: FileSlices,
  source: string,
  { signal, onProgress }: OpenFileOptions,
): Promise<TableFile> {
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await loadHyparquet();
  const file = {
    byteLength: slices.size,
    slice: (from: number, to = slices.size) => slices.slice(from < 0 ? slices.size + from : from, to).arrayBuffer(),
  };
  const metadata = await whole(source, () => parquetMetadataAsync(file));
  const { children } = await whole(source, async () => parquetSchema(metadata));
  const columns = children.map((tree) => ({ title: tree.element.name, type: typeOf(tree) }));
  const compressors = await compressorsFor(metadata, source);
  const count = Number(metadata.num_rows);
  return {
    ...typedLayout(columns, count),
    async forEachRow(visit, schema) {
      const writers = cellWriters(columns, schema);
      const read = columns.filter((_, index) => writers[index]).map(({ title }) => title);
      let first = 0;
      for (const group of metadata.row_groups) {
        throwIfAborted(signal);
        const rows = Number(group.num_rows);
        const values = new Map<string, unknown[]>(read.map((title) => [title, new Array<unknown>(rows)]));
        const range = { rowStart: first, rowEnd: first + rows };
        await whole(source, () =>
          parquetRead({
            ...{ file, metadata, columns: read, parsers, ...range },
            ...(compressors && { compressors }),
            onChunk({ columnName, columnData, rowStart }) {
              const column = values.get(columnName) ?? [];
              for (let row = 0; row < columnData.length; row++) column[rowStart - first + row] = columnData[row];
            },
          }),
        );
        const groupColumns = columns.map(({ title }) => values.get(title) ?? []);
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

/** Compressions that hyparquet knows by itself. */
const known: readonly string[] = ["UNCOMPRESSED", "SNAPPY"];

/** What else is needed for the columns of a file. @throws FedscoreError FEDSCORE_UNSUPPORTED for a compression that nothing reads. */
async function compressorsFor({ row_groups }: FileMetaData, source: string): Promise<Compressors | undefined> {
  const columns = row_groups.flatMap((group) => group.columns);
  const codecs = columns.flatMap(({ meta_data }) => (meta_data ? [meta_data.codec] : []));
  if (codecs.every((codec) => known.includes(codec))) return undefined;
  const compressors = await loadCompressors();
  const all = new Set([...known, ...Object.keys(compressors)]);
  const other = codecs.find((codec) => !all.has(codec));
  if (other === undefined) return compressors;
  const message = `${source} is compressed by ${other}; Parquet files are read that are ${[...all].join(", ")}`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { source, compression: other });
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
