import type { Table as ArrowTable, DataType } from "@uwdata/flechette";
import { invalidData } from "../../data/formats/invalid.js";
import { throwIfAborted } from "../../errors.js";
import type { CellType } from "./cell-type.js";
import type { OpenFileOptions, TableFile } from "./table-file.js";
import { rowsBetweenTurns, turn } from "./turn.js";
import { cellWriters, typedLayout } from "./typed-columns.js";
import { loadLz4, loadZstd } from "./typed-packages.js";

type Flechette = typeof import("./arrow-library.js");

/** How an Arrow file (Feather, version 2) and a stream of Arrow's begin. */
const beginnings: readonly (readonly number[])[] = [
  [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
];

export function isArrow(head: Uint8Array): boolean {
  return beginnings.some((bytes) => bytes.every((byte, at) => head[at] === byte));
}

/**
 * @param bytes the whole file, of which the columns are parts.
 * @throws FedscoreError FEDSCORE_INVALID_DATA, FEDSCORE_UNSUPPORTED where a package is not installed.
 */
export async function openArrow(
  bytes: Uint8Array,
  source: string,
  { signal, onProgress }: OpenFileOptions,
): Promise<TableFile> {
  const flechette = await import("./arrow-library.js");
  const table = await decoded(flechette, bytes, source);
  if (table.numRows > mostRowsOf(bytes))
    throw invalidData(source, "its messages", "as many rows as its bytes can hold", table.numRows);
  const { Type } = flechette;
  const columns = table.schema.fields.map(({ name, type }) => ({ title: name, type: typeOf(type, Type) }));
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
        const cells = writers.map((write, index) => write?.(values[index].next().value) ?? "");
        if (!visit(cells, row + 1)) return;
      }
      onProgress?.({ rows: table.numRows, share: 1 });
    },
  };
}

/** A cell takes a bit, which codecs make 255 times smaller at best. */
function mostRowsOf({ length }: Uint8Array): number {
  return length * 8 * 255;
}

/** The table; codecs are loaded once it is known to need one. */
async function decoded(flechette: Flechette, bytes: Uint8Array, source: string): Promise<ArrowTable> {
  const decode = () => flechette.tableFromIPC(bytes, { useBigInt: true });
  try {
    return decode();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const codec = /^Missing compression codec "(\w+)"/.exec(message)?.[1];
    if (codec === undefined) throw invalidData(source, "its messages", "an Arrow file without damage", message, error);
    await (codec === "ZSTD" ? registerZstd(flechette) : registerLz4(flechette));
  }
  try {
    return decode();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw invalidData(source, "its messages", "an Arrow file without damage", message, error);
  }
}

/** Files are read, never written. */
function encode(): never {
  throw new Error("no Arrow file is written");
}

async function registerLz4({ CompressionType, setCompressionCodec }: Flechette): Promise<void> {
  setCompressionCodec(CompressionType.LZ4_FRAME, { encode, decode: await loadLz4() });
}

async function registerZstd({ CompressionType, setCompressionCodec }: Flechette): Promise<void> {
  setCompressionCodec(CompressionType.ZSTD, { encode, decode: await loadZstd() });
}

function typeOf(type: DataType, Type: Flechette["Type"]): CellType {
  switch (type.typeId) {
    case Type.Dictionary:
      return typeOf(type.dictionary, Type);
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
