import { checkBlocks, sumDeltas } from "./deltas.js";
import { checkRuns } from "./runs.js";
import { ThriftReader, type ThriftStruct } from "./thrift.js";

/** What a column's pages must be, by the file's footer. */
export interface ChunkRules {
  /** Values with gaps and, in lists, with empty ones. */
  readonly values: number;
  /** Whether each value is a row: then what follows the last is not read. */
  readonly isFlat: boolean;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly isBoolean: boolean;
  /** Bytes that all pages together may have, unpacked. */
  readonly mostUnpacked: number;
  readonly unpack: (packed: Uint8Array, length: number) => Uint8Array;
}

/** A page of data, unpacked. */
interface Page {
  readonly bytes: Uint8Array;
  /** Where its values begin. */
  readonly at: number;
  readonly encoding: number;
  readonly present: number;
  readonly isSecond: boolean;
}

/** Most repetitions of a byte of texts that are written as endings of the ones before. */
const mostRepeated = 1024;

/**
 * Checks that the pages of a column hold as many values as the footer says and that nothing in them says that it is longer than it can be: a library that believes them then ends, in memory that is known.
 * @throws Error for damage.
 */
export function checkPages(chunk: Uint8Array, rules: ChunkRules): void {
  let [values, unpacked] = [0, 0];
  const reader = new ThriftReader(chunk);
  while ((!rules.isFlat || values < rules.values) && reader.at < chunk.length - 1) {
    const header = reader.struct();
    const size = at(header, 2);
    const packed = chunk.subarray(reader.at, reader.at + at(header, 3));
    if (packed.length !== at(header, 3)) throw new Error(`a page of ${at(header, 3)} bytes`);
    reader.at += packed.length;
    unpacked += size;
    if (unpacked > rules.mostUnpacked) throw new Error(`${unpacked} bytes, unpacked`);
    const [first, dictionary, second] = [5, 7, 8].map((field) => part(header, field));
    const type = at(header, 1);
    if (type === 2 && dictionary) {
      if (at(dictionary, 1) > 8 * size) throw new Error(`a dictionary of ${at(dictionary, 1)} values`);
    } else if (type === 0 && first) {
      values += at(first, 1);
      checkCount(values, rules);
      checkValues(firstPage(rules.unpack(packed, size), first, rules), rules);
    } else if (type === 3 && second) {
      values += at(second, 1);
      checkCount(values, rules);
      checkValues(secondPage(packed, size, second, rules), rules);
    } else throw new Error(`a page of type ${type}`);
  }
  if (values !== rules.values) throw new Error(`${values} values in the pages of a column, not ${rules.values}`);
}

/** A number that is at least 0. */
function at(struct: ThriftStruct, field: number): number {
  const value = struct.get(field);
  if (typeof value !== "number" || value < 0) throw new Error(`a page without field ${field}`);
  return value;
}

function part(struct: ThriftStruct, field: number): ThriftStruct | undefined {
  const value = struct.get(field);
  return typeof value === "number" ? undefined : value;
}

function checkCount(values: number, rules: ChunkRules): void {
  if (values > rules.values) throw new Error(`${values} values in the pages of a column, not ${rules.values}`);
}

function bitsOf(largest: number): number {
  return 32 - Math.clz32(largest);
}

/** A page whose levels stand before its values, with their lengths. */
function firstPage(bytes: Uint8Array, header: ThriftStruct, { maxRepetition, maxDefinition }: ChunkRules): Page {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = at(header, 1);
  let [place, present] = [0, count];
  for (const largest of [maxRepetition, maxDefinition]) {
    if (largest === 0) continue;
    const { found } = checkRuns(bytes, place + 4, bitsOf(largest), count, largest);
    if (largest === maxDefinition) present = found;
    place += 4 + view.getUint32(place, true);
  }
  return { bytes, at: place, encoding: at(header, 2), present, isSecond: false };
}

/** A page whose levels are not packed, with their lengths in its header. */
function secondPage(packed: Uint8Array, size: number, header: ThriftStruct, rules: ChunkRules): Page {
  const count = at(header, 1);
  const [nulls, definition, repetition] = [2, 5, 6].map((field) => at(header, field));
  const levels = repetition + (rules.maxDefinition > 0 ? definition : 0);
  const left = size - definition - repetition;
  if (nulls > count || levels > packed.length || left < 0) throw new Error("levels that are longer than their page");
  if (rules.maxRepetition > 0) checkRuns(packed, 0, bitsOf(rules.maxRepetition), count);
  if (rules.maxDefinition > 0) checkRuns(packed, repetition, bitsOf(rules.maxDefinition), count);
  const values = packed.subarray(levels);
  const bytes = header.get(7) !== 0 && left > 0 ? rules.unpack(values, left) : values;
  return { bytes, at: 0, encoding: at(header, 4), present: count - nulls, isSecond: true };
}

function checkValues({ bytes, at, encoding, present, isSecond }: Page, { isBoolean }: ChunkRules): void {
  if (present === 0) return;
  switch (encoding) {
    case 2:
    case 3:
    case 8:
      if (isSecond ? encoding === 3 : isBoolean) checkRuns(bytes, at + 4, 1, present);
      else if (isSecond || bytes[at] !== 0) checkRuns(bytes, at + 1, bytes[at], present);
      return;
    case 5:
    case 6:
      checkBlocks(bytes, at);
      return;
    case 7: {
      const { sum, end } = sumDeltas(bytes, at, present);
      if (sum > mostRepeated * bytes.length) throw new Error("texts that repeat the ones before too often");
      checkBlocks(bytes, end);
    }
  }
}
