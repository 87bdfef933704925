/** Bytes of a FlatBuffer that nobody has checked. All that is read of them together is bounded, so that tables that share their parts cost no more than their bytes. */
export class FlatBytes {
  readonly view: DataView;
  #left: number;
  /** Where what was read ends. */
  reach = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#left = 64 * bytes.length;
  }

  /** Throws unless `length` bytes from `at` on are there. */
  reserve(at: number, length: number): void {
    this.#left -= length + 1;
    if (at < 0 || length < 0 || at + length > this.view.byteLength || this.#left < 0)
      throw new Error(`${length} bytes at ${at} of ${this.view.byteLength}`);
    this.reach = Math.max(this.reach, at + length);
  }

  /** The table that the offset at `reference` leads to. */
  table(reference: number): FlatTable {
    this.reserve(reference, 4);
    return new FlatTable(this, reference + this.view.getInt32(reference, true));
  }
}

/** Elements of equal length. */
export interface FlatVector {
  readonly start: number;
  readonly length: number;
}

/** A table of a FlatBuffer, by the slots of its fields; what is read lies inside the bytes, or an error is thrown. */
export class FlatTable {
  readonly #bytes: FlatBytes;
  readonly #at: number;
  readonly #slots: number;
  readonly #end: number;

  constructor(bytes: FlatBytes, at: number) {
    bytes.reserve(at, 4);
    this.#bytes = bytes;
    this.#at = at;
    this.#slots = at - bytes.view.getInt32(at, true);
    bytes.reserve(this.#slots, 2);
    this.#end = bytes.view.getInt16(this.#slots, true);
    bytes.reserve(this.#slots, this.#end + 1);
  }

  /** A signed integer of 1, 2 or 4 bytes. */
  integer(slot: number, width: 1 | 2 | 4, absent: number): number {
    const at = this.#place(slot, width);
    if (at === undefined) return absent;
    const { view } = this.#bytes;
    return width === 1 ? view.getInt8(at) : width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
  }

  /** An integer of 8 bytes, at least 0. */
  count(slot: number): number {
    const at = this.#place(slot, 8);
    return at === undefined ? 0 : countAt(this.#bytes.view, at);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#place(slot, 4);
    return at === undefined ? undefined : this.#bytes.table(at);
  }

  /** Elements of `stride` bytes; none where there is no vector. */
  vector(slot: number, stride: number): FlatVector {
    const at = this.#place(slot, 4);
    if (at === undefined) return { start: 0, length: 0 };
    const base = at + this.#bytes.view.getInt32(at, true);
    this.#bytes.reserve(base, 4);
    const length = this.#bytes.view.getInt32(base, true);
    this.#bytes.reserve(base + 4, length * stride);
    return { start: base + 4, length };
  }

  tables(slot: number): FlatTable[] {
    const { start, length } = this.vector(slot, 4);
    return Array.from({ length }, (_, index) => this.#bytes.table(start + 4 * index));
  }

  #place(slot: number, width: number): number | undefined {
    if (slot >= this.#end) return undefined;
    const offset = this.#bytes.view.getInt16(this.#slots + slot, true);
    if (offset === 0) return undefined;
    this.#bytes.reserve(this.#at + offset, width);
    return this.#at + offset;
  }
}

/** An integer of 8 bytes, at least 0. */
export function countAt(view: DataView, at: number): number {
  const count = Number(view.getBigInt64(at, true));
  if (count < 0 || !Number.isSafeInteger(count)) throw new Error(`a count of ${count}`);
  return count;
}
