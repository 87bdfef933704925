import { ThriftReader } from "./thrift.js";

/** What was found in runs. */
interface Runs {
  /** How often the number that was looked for is in them. */
  readonly found: number;
}

/**
 * Looks at `count` numbers of `width` bits in runs of equal numbers and of packed ones. No run may be longer than what is left of them, since who reads them writes each to its end.
 * @throws Error for damage.
 */
export function checkRuns(bytes: Uint8Array, from: number, width: number, count: number, wanted = -1): Runs {
  if (width > 32) throw new Error(`numbers of ${width} bits`);
  const reader = new ThriftReader(bytes, from);
  let [seen, found] = [0, 0];
  while (seen < count) {
    const header = reader.varint();
    const length = header >>> 1;
    if ((header & 1) === 0) {
      if (length > count - seen) throw new Error(`a run of ${length}, with ${count - seen} left`);
      let value = 0;
      for (let shift = 0; shift < width; shift += 8) value |= reader.byte() << shift;
      if (value === wanted) found += length;
      seen += length;
    } else {
      const packed = Math.max(1, length * width);
      if (packed > bytes.length - reader.at || (width === 0 && 8 * length >= count - seen + 512))
        throw new Error(`${8 * length} packed numbers, with ${count - seen} left`);
      const values = Math.min(8 * length, count - seen);
      if (wanted >= 0) found += occurrences(bytes.subarray(reader.at), width, values, wanted);
      reader.at += packed;
      seen += values;
    }
  }
  return { found };
}

/** How often a number of at most 8 bits is among the first packed ones. */
function occurrences(bytes: Uint8Array, width: number, count: number, wanted: number): number {
  const mask = (1 << width) - 1;
  let found = 0;
  for (let index = 0, bit = 0; index < count; index++, bit += width) {
    const at = bit >> 3;
    if ((((bytes[at] | (bytes[at + 1] << 8)) >> (bit & 7)) & mask) === wanted) found++;
  }
  return found;
}
