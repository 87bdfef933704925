import { ThriftReader } from "./thrift.js";

/** Integers that are written as packed differences. */
export interface Deltas {
  readonly sum: number;
  /** Where they end. */
  readonly end: number;
}

/** Looks at the sizes of the blocks that differences are in. @throws Error for damage. */
export function checkBlocks(bytes: Uint8Array, from: number): void {
  blocksOf(new ThriftReader(bytes, from));
}

function blocksOf(reader: ThriftReader): { readonly parts: number; readonly size: number } {
  const blockSize = reader.varint();
  const parts = reader.varint();
  const size = blockSize / parts;
  if (parts < 1 || size < 32 || size % 32 !== 0) throw new Error(`blocks of ${blockSize} in ${parts} parts`);
  return { parts, size };
}

/** Adds up integers, each of which must be at least 0. @throws Error for damage. */
export function sumDeltas(bytes: Uint8Array, from: number, count: number): Deltas {
  const reader = new ThriftReader(bytes, from);
  const zigzag = () => {
    const value = reader.varint();
    return (value >>> 1) ^ -(value & 1);
  };
  const { parts, size } = blocksOf(reader);
  reader.varint();
  let value = zigzag();
  let sum = value;
  for (let seen = 1; seen < count; ) {
    const least = zigzag();
    const widths = Array.from({ length: Math.min(parts, bytes.length) }, () => reader.byte());
    for (const width of widths) {
      if (seen >= count) break;
      const end = reader.at + (size * width) / 8;
      for (let index = 0; index < size && seen < count; index++, seen++) {
        value = (value + least + bitsAt(bytes, 8 * reader.at + index * width, width)) | 0;
        if (value < 0) throw new Error(`a length of ${value}`);
        sum += value;
      }
      reader.at = end;
    }
  }
  return { sum, end: reader.at };
}

/** The lowest 32 bits of a packed number. */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let value = 0;
  for (let got = 0; got < Math.min(width, 32); ) {
    const byte = bytes[Math.floor((bit + got) / 8)];
    if (byte === undefined) throw new Error("packed differences that end too early");
    const shift = (bit + got) % 8;
    const taken = Math.min(8 - shift, width - got);
    value |= ((byte >> shift) & ((1 << taken) - 1)) << got;
    got += taken;
  }
  return value;
}
