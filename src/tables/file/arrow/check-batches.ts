import { type Codec, type CodecName, codecOf } from "./codecs.js";
import { countAt, type FlatVector } from "./flat-table.js";
import type { ArrowBatch, ArrowMessages } from "./messages.js";
import type { Layout, Storage } from "./storage.js";

/** Rows that may be in no bytes at all (columns of nothing), and values of dictionaries: more are taken where the file has the bytes. */
const mostWithoutBytes = 2 ** 22;

/** Bytes that may be unpacked of however small a file; of a larger one as many times its bytes as LZ4 can reach. */
const mostUnpacked = 2 ** 28;
const mostRatio = 255;

/**
 * Checks that each batch has the values that its columns say, in buffers that are there, and that their parts add up: a library that believes them then ends, in memory that the file's bytes bound.
 * @returns the number of rows.
 * @throws Error for damage.
 */
export function checkBatches(
  { layout, batches }: ArrowMessages,
  fileBytes: number,
  codecs: ReadonlyMap<CodecName, Codec>,
): number {
  const sums: Sums = { unpacked: 0, mostUnpacked: mostUnpacked + mostRatio * fileBytes, expanded: 0 };
  const dictionaries = new Map<number, DictionaryState>();
  let rows = 0;
  for (const batch of batches) {
    const name = codecOf(batch);
    const check = new BatchCheck(batch, name && codecs.get(name), dictionaries, sums);
    if (batch.dictionary) addDictionary(batch.dictionary, check, layout, dictionaries);
    else rows += check.records(layout.columns);
    const most = mostWithoutBytes + 8 * (sums.unpacked + fileBytes);
    if (rows > most || sums.expanded > most)
      throw new Error(`${Math.max(rows, sums.expanded)} values, more than its bytes hold`);
  }
  return rows;
}

function addDictionary(
  { id, isDelta }: NonNullable<ArrowBatch["dictionary"]>,
  check: BatchCheck,
  layout: Layout,
  dictionaries: Map<number, DictionaryState>,
): void {
  const storage = layout.dictionaries.get(id);
  const before = dictionaries.get(id);
  if (!storage || (isDelta && !before)) throw new Error(`values of an unknown dictionary ${id}`);
  const length = check.records([storage]) + (isDelta && before ? before.length : 0);
  dictionaries.set(id, { length, isListed: false });
}

interface DictionaryState {
  readonly length: number;
  /** Whether its values were listed: once for each state that a batch of rows finds. */
  isListed: boolean;
}

interface Sums {
  unpacked: number;
  readonly mostUnpacked: number;
  /** Values of dictionaries, elements of lists, texts that may be the same bytes. */
  expanded: number;
}

interface Region {
  readonly bytes: Uint8Array;
  /** Bytes once it is unpacked. */
  readonly size: number;
  readonly isPacked: boolean;
}

class BatchCheck {
  readonly #batch: ArrowBatch;
  readonly #codec: Codec | undefined;
  readonly #dictionaries: Map<number, DictionaryState>;
  readonly #sums: Sums;
  readonly #nodes: FlatVector;
  readonly #regions: FlatVector;
  readonly #variadic: FlatVector;
  #node = 0;
  #region = 0;
  #viewed = 0;
  #bodyLeft: number;

  constructor(batch: ArrowBatch, codec: Codec | undefined, dictionaries: Map<number, DictionaryState>, sums: Sums) {
    this.#batch = batch;
    this.#codec = codec;
    this.#dictionaries = dictionaries;
    this.#sums = sums;
    this.#nodes = batch.record.vector(6, 16);
    this.#regions = batch.record.vector(8, 16);
    this.#variadic = batch.record.vector(12, 8);
    this.#bodyLeft = batch.body.length;
  }

  /** Checks the columns; gives the rows that all of them have. */
  records(columns: readonly Storage[]): number {
    const rows = this.#batch.record.count(4);
    for (const column of columns) {
      const length = this.#column(column);
      if (length !== rows) throw new Error(`a column of ${length} values in ${rows} rows`);
    }
    if (this.#node !== this.#nodes.length) throw new Error("more columns in a batch than in the schema");
    return rows;
  }

  #column(storage: Storage): number {
    if (this.#node >= this.#nodes.length) throw new Error("fewer columns in a batch than in the schema");
    const at = this.#nodes.start + 16 * this.#node++;
    const length = countAt(this.#batch.head, at);
    const gaps = countAt(this.#batch.head, at + 8);
    if (storage.kind === "nothing") return length;
    const validity = this.#next();
    if (gaps > 0) hold(validity, Math.ceil(length / 8));
    switch (storage.kind) {
      case "fixed":
        hold(this.#next(), Math.ceil((length * storage.bits) / 8));
        break;
      case "dictionary":
        hold(this.#next(), Math.ceil((length * storage.bits) / 8));
        this.#list(storage.id);
        break;
      case "texts": {
        const last = this.#lastOffset(length, storage.offsetBytes);
        hold(this.#next(), last);
        break;
      }
      case "views":
        this.#views(length, gaps > 0 ? validity : undefined);
        break;
      case "lists": {
        const last = this.#lastOffset(length, storage.offsetBytes);
        this.#elements(storage.element, last);
        break;
      }
      case "equal lists":
        this.#elements(storage.element, length * storage.length);
        break;
      case "structure":
        for (const child of storage.children) holdValues(this.#column(child), length);
    }
    return length;
  }

  #elements(storage: Storage, needed: number): void {
    holdValues(this.#column(storage), needed);
    this.#sums.expanded += needed;
  }

  /** Counts the values of a dictionary, which are listed for the first batch that needs them. */
  #list(id: number): void {
    const state = this.#dictionaries.get(id);
    if (!state) throw new Error(`an unknown dictionary ${id}`);
    if (!state.isListed) this.#sums.expanded += state.length;
    state.isListed = true;
  }

  /** The next buffer. */
  #next(): Region {
    const { head, body } = this.#batch;
    if (this.#region >= this.#regions.length) throw new Error("fewer buffers in a batch than its columns need");
    const at = this.#regions.start + 16 * this.#region++;
    const offset = countAt(head, at);
    const length = countAt(head, at + 8);
    this.#bodyLeft -= length;
    if (offset + length > body.length || this.#bodyLeft < 0)
      throw new Error(`a buffer of ${length} bytes at ${offset}`);
    const region = regionOf(body.subarray(offset, offset + length), this.#codec);
    this.#sums.unpacked += region.size;
    if (this.#sums.unpacked > this.#sums.mostUnpacked) throw new Error(`${this.#sums.unpacked} bytes, unpacked`);
    return region;
  }

  #unpacked({ bytes, size, isPacked }: Region): DataView {
    const whole = isPacked && this.#codec ? this.#codec.unpack(bytes, size) : bytes;
    return new DataView(whole.buffer, whole.byteOffset, whole.length);
  }

  /** The last of the offsets, which must not fall. */
  #lastOffset(length: number, width: 4 | 8): number {
    const region = this.#next();
    if (length === 0) return 0;
    hold(region, (length + 1) * width);
    const view = this.#unpacked(region);
    let last = 0;
    for (let at = 0; at <= length * width; at += width) {
      const low = view.getUint32(at, true);
      const offset = width === 4 ? low : low + 2 ** 32 * view.getUint32(at + 4, true);
      if (offset < last) throw new Error(`an offset of ${offset} behind ${last}`);
      last = offset;
    }
    return last;
  }

  /** Texts that lie anywhere in several buffers. */
  #views(length: number, validity: Region | undefined): void {
    const region = this.#next();
    hold(region, 16 * length);
    if (this.#viewed >= this.#variadic.length) throw new Error("fewer counts of buffers than columns of views");
    const buffers = countAt(this.#batch.head, this.#variadic.start + 8 * this.#viewed++);
    const sizes: number[] = [];
    while (sizes.length < buffers) sizes.push(this.#next().size);
    const view = this.#unpacked(region);
    const valid = validity && this.#unpacked(validity);
    for (let row = 0; row < length; row++) {
      if (valid && ((valid.getUint8(row >> 3) >> (row & 7)) & 1) === 0) continue;
      const size = view.getInt32(16 * row, true);
      const end = size > 12 ? view.getUint32(16 * row + 12, true) + size : 0;
      if (size < 0 || (size > 12 && !(end <= sizes[view.getInt32(16 * row + 8, true)])))
        throw new Error(`a text of ${size} bytes`);
      this.#sums.expanded += size / 64;
    }
  }
}

function regionOf(bytes: Uint8Array, codec: Codec | undefined): Region {
  if (!codec || bytes.length === 0) return { bytes, size: bytes.length, isPacked: false };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const packed = bytes.subarray(8);
  if (view.getBigInt64(0, true) === -1n) return { bytes: packed, size: packed.length, isPacked: false };
  return { bytes: packed, size: codec.length(packed, countAt(view, 0)), isPacked: true };
}

function hold({ size }: Region, needed: number): void {
  if (size < needed) throw new Error(`a buffer of ${size} bytes, which needs ${needed}`);
}

function holdValues(length: number, needed: number): void {
  if (length < needed) throw new Error(`${length} values in a column, which needs ${needed}`);
}
