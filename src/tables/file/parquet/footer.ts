import type { ColumnChunk, FileMetaData, SchemaTree } from "hyparquet";
import { bytesOf, type FileSlices } from "../slices.js";
import type { Hyparquet } from "../typed-packages.js";
import { ThriftReader } from "./thrift.js";

/** Bytes behind the footer: its length and "PAR1". */
const endingLength = 8;

/** How deep columns may be in one another. */
const deepest = 64;

/** Types whose values a library would make something of that may be larger than any bound. */
const raw = new Set(["VARIANT", "GEOMETRY", "GEOGRAPHY"]);

/** A column of the table. */
export interface ParquetColumn {
  readonly title: string;
  /** Its name in `metadata`, which no other column has. */
  readonly key: string;
  readonly tree: SchemaTree;
  /** Whether its values are the rows', and a gap is null: undefined is none of them. */
  readonly isFlat: boolean;
}

/** Values without columns in one another, as they are stored. */
export interface Leaf {
  /** Of the column that it is part of. */
  readonly key: string;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly isFlat: boolean;
}

/** Rows that are stored together. */
export interface RowGroup {
  readonly rows: number;
  /** In the order of the leaves. */
  readonly chunks: readonly { readonly leaf: Leaf; readonly chunk: ColumnChunk }[];
}

/** What is known of a file before its rows. */
export interface ParquetFooter {
  readonly metadata: FileMetaData;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroup[];
}

/** Reads what stands at the end of a file. @throws Error for damage. */
export async function readFooter(
  { parquetMetadata, parquetSchema }: Pick<Hyparquet, "parquetMetadata" | "parquetSchema">,
  file: FileSlices,
): Promise<ParquetFooter> {
  const tail = new DataView(await file.slice(Math.max(0, file.size - endingLength), file.size).arrayBuffer());
  if (tail.byteLength < endingLength) throw new Error("no footer");
  const length = tail.getUint32(0, true);
  if (length > file.size - endingLength) throw new Error(`a footer of ${length} bytes`);
  const bytes = await bytesOf(file, file.size - endingLength - length);
  new ThriftReader(bytes.subarray(0, length)).struct();
  const metadata = parquetMetadata(bytes.buffer, { geoparquet: false });
  for (const element of metadata.schema)
    if (element.logical_type && raw.has(element.logical_type.type)) delete element.logical_type;
  const { children } = parquetSchema(metadata);
  const parts = children.map((tree, index) => leavesOf(tree, String(index), 0, 0, 0));
  const leaves = parts.flat();
  const columns = children.map((tree, index) => ({
    ...{ title: tree.element.name, key: String(index), tree },
    isFlat: parts[index].every(({ isFlat }) => isFlat),
  }));
  const paths = columns.flatMap(({ tree }) => pathsOf(tree));
  const groups = metadata.row_groups.map((group) => {
    if (group.columns.length !== leaves.length) throw new Error(`${group.columns.length} columns in a group of rows`);
    const chunks = group.columns.map((chunk, index) => {
      const path = chunk.meta_data?.path_in_schema;
      if (path?.join("\0") !== paths[index]) throw new Error(`a column of another name: ${path}`);
      path[0] = leaves[index].key;
      return { leaf: leaves[index], chunk };
    });
    return { rows: countOf(group.num_rows), chunks };
  });
  // Columns of one name would be read as one.
  for (const { key, tree } of columns) tree.element.name = key;
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== countOf(metadata.num_rows)) throw new Error(`${rows} rows in groups, not ${metadata.num_rows}`);
  return { metadata, columns, groups };
}

/** A number of the footer, at least 0. */
export function countOf(value: bigint | undefined): number {
  const count = Number(value);
  if (typeof value !== "bigint" || count < 0 || !Number.isSafeInteger(count)) throw new Error(`a count of ${value}`);
  return count;
}

function leavesOf(
  { element, children }: SchemaTree,
  key: string,
  definition: number,
  repetition: number,
  depth: number,
): Leaf[] {
  if (depth > deepest) throw new Error(`columns that are more than ${deepest} deep`);
  const kind = element.repetition_type;
  const maxDefinition = definition + (kind === "REQUIRED" ? 0 : 1);
  const maxRepetition = repetition + (kind === "REPEATED" ? 1 : 0);
  if (children.length > 0)
    return children.flatMap((child) => leavesOf(child, key, maxDefinition, maxRepetition, depth + 1));
  return [{ key, maxDefinition, maxRepetition, isFlat: depth === 0 && kind !== "REPEATED" }];
}

function pathsOf({ path, children }: SchemaTree): string[] {
  return children.length > 0 ? children.flatMap(pathsOf) : [path.join("\0")];
}
