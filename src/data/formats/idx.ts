import { requireText, requireTyped } from "../../errors.js";
import { dataFormat } from "./format.js";
import { copyBytes, elementCount, invalidData } from "./invalid.js";

/** An IDX array of unsigned bytes, the format of the MNIST distribution. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/**
 * Reads an IDX file of unsigned bytes (http://yann.lecun.com/exdb/mnist: images have 3 dimensions, labels 1), plain or
 * gzip-compressed. `source` names the file in errors. Throws FEDSCORE_INVALID_DATA.
 */
export async function readIdx(bytes: Uint8Array, source: string): Promise<IdxArray> {
  requireTyped("bytes", bytes, Uint8Array);
  requireText("source", source);
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes, source) : bytes;
  const { shape, dataOffset } = readHeader(plain, source);
  const count = elementCount(shape);
  if (plain.length - dataOffset !== count) {
    const expected = `${count} bytes of data for shape [${shape.join(", ")}]`;
    throw invalidData(source, `byte ${dataOffset}`, expected, plain.length - dataOffset);
  }
  return { shape, values: copyBytes(plain, dataOffset) };
}

/** Images, their bytes divided by 255. */
export const idx = dataFormat({
  kind: "idx",
  source: "http://yann.lecun.com/exdb/mnist",
  text: "Images in the format of the original MNIST files, plain or gzip, values scaled to [0, 1].",
  extensions: [".idx", ".idx.gz", "-ubyte", "-ubyte.gz"],
  fields: {},
  recognizes: (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0 && bytes[1] === 0),
  readArray: ({ bytes, source }) => readIdx(bytes, source),
  async create(_, { bytes, source }) {
    const { shape, values } = await readIdx(bytes, source);
    const [, height, width] = shape;
    if (shape.length !== 3) throw invalidData(source, "byte 3", "3 dimensions (images)", shape.length);
    const points = Float32Array.from(values, (value) => value / 255);
    return { points, dimension: height * width, imageShape: [height, width] };
  },
});

function readHeader(bytes: Uint8Array, source: string): { shape: number[]; dataOffset: number } {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    const found = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    throw invalidData(source, "byte 0", "the magic number 00 00 08 of an IDX file of unsigned bytes", found);
  }
  if (bytes[2] !== unsignedByte) throw invalidData(source, "byte 2", "type code 8 (unsigned byte)", bytes[2]);
  const rank = bytes[3];
  if (rank < 1 || rank > 3) throw invalidData(source, "byte 3", "1 to 3 dimensions", rank);
  const dataOffset = 4 + 4 * rank;
  if (bytes.length < dataOffset) {
    throw invalidData(source, `byte ${bytes.length}`, `a header of ${dataOffset} bytes`, "the end of the file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { shape: Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis)), dataOffset };
}

/** Decompresses; stops as soon as there is more than the IDX header announces, so that no file can fill the memory. */
async function gunzip(bytes: Uint8Array, source: string): Promise<Uint8Array> {
  const input = new Blob([copyBytes(bytes, 0)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = input.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let announced = Infinity;
  while (length <= announced) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw invalidData(source, `decompressed byte ${length}`, "gzip data without damage", describe(cause), cause);
    });
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (announced === Infinity && length >= 16) {
      const { shape, dataOffset } = readHeader(concatenate(chunks, length), source);
      announced = elementCount(shape) + dataOffset;
    }
  }
  if (length > announced) await reader.cancel();
  return concatenate(chunks, length);
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
