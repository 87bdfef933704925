import type { DataType, Table } from "@uwdata/flechette";
import { invalidData } from "../../../data/formats/invalid.js";
import { FedscoreError, throwIfAborted } from "../../../errors.js";
import type { CellType } from "../cell-type.js";
import type { OpenFileOptions, TableFile } from "../table-file.js";
import { rowsBetweenTurns, turn } from "../turn.js";
import { cellWriters, typedLayout } from "../typed-columns.js";
import { checkBatches } from "./check-batches.js";
import { loadCodecs } from "./codecs.js";
import { CompressionType, setCompressionCodec, Type, tableFromIPC } from "./library.js";
import { readMessages } from "./messages.js";

const codecTypes = { lz4: CompressionType.LZ4_FRAME, zstd: CompressionType.ZSTD };

/**
 * @param bytes the whole file, of which the columns are parts.
 * @throws FedscoreError FEDSCORE_INVALID_DATA, FEDSCORE_UNSUPPORTED where a package is not installed.
 */
export async function openArrow(
  bytes: Uint8Array,
  source: string,
  { signal, onProgress }: OpenFileOptions,
): Promise<TableFile> {
  const table = await decoded(bytes, source);
  const columns = table.schema.fields.map(({ name, type }) => ({ title: name, type: typeOf(type) }));
  return {
    ...typedLayout(columns, table.numRows),
    async forEachRow(visit, schema) {
      const writers = cellWriters(columns, schema);
      const values = table.children.map((column) => column[Symbol.iterator]() as Iterator<unknown>);
      for (let row = 0; row < table.numRows; row++) {
        if (row % rowsBetweenTurns === 0) {
          await turn();
          throwIfAborted(signal);
          onProgress?.({ rows: row, share: row / table.numRows });
        }
        const cells = writers.map((write, index) => write?.(nextOf(values[index], source, row)) ?? "");
        if (!visit(cells, row + 1)) return;
      }
      onProgress?.({ rows: table.numRows, share: 1 });
    },
  };
}

/** The next value; those of a file without damage are never undefined. */
function nextOf(values: Iterator<unknown>, source: string, row: number): unknown {
  let value: unknown;
  try {
    value = values.next().value;
  } catch (error) {
    throw damaged(source, `row ${row + 1}`, error);
  }
  if (value === undefined) throw damaged(source, `row ${row + 1}`, "no value");
  return value;
}

function damaged(source: string, position: string, error: unknown): FedscoreError {
  if (error instanceof FedscoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return invalidData(source, position, "an Arrow file without damage", message, error);
}

/** The table, of messages that are known to be whole. */
async function decoded(bytes: Uint8Array, source: string): Promise<Table> {
  try {
    const messages = readMessages(bytes);
    const codecs = await loadCodecs(messages.batches);
    const rows = checkBatches(messages, bytes.length, codecs);
    for (const [name, { unpack }] of codecs) setCompressionCodec(codecTypes[name], { encode, decode: unpack });
    const table = tableFromIPC(bytes, { useBigInt: true });
    if (table.numRows !== rows) throw new Error(`${table.numRows} rows, not ${rows}`);
    return table;
  } catch (error) {
    throw damaged(source, "its messages", error);
  }
}

/** Files are read, never written. */
function encode(): never {
  throw new Error("no Arrow file is written");
}

function typeOf(type: DataType): CellType {
  switch (type.typeId) {
    case Type.Dictionary:
      return typeOf(type.dictionary);
    case Type.Int:
    case Type.Time:
    case Type.Duration:
      return { kind: "integer" };
    case Type.Float:
      return { kind: type.precision === 2 ? "float64" : type.precision === 1 ? "float32" : "float16" };
    case Type.Bool:
      return { kind: "boolean" };
    case Type.Decimal:
      return { kind: "decimal", scale: type.scale };
    case Type.Date:
      return { kind: "date" };
    case Type.Timestamp:
      return { kind: "datetime" };
    default:
      return { kind: "string" };
  }
}
