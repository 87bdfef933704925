/** A structure of Thrift's compact protocol: its numbers and structures by field; lists and bytes are passed over. */
export type ThriftStruct = ReadonlyMap<number, number | ThriftStruct>;

/** How deep structures may be in one another: those of Parquet are six deep. */
const deepest = 16;

/**
 * Reads bytes that nobody has checked: whoever reads them again finds nothing that is longer than they are.
 * @throws Error for damage.
 */
export class ThriftReader {
  readonly #view: DataView;
  /** Where the next byte is. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > deepest) throw new Error(`structures that are more than ${deepest} deep`);
    const fields = new Map<number, number | ThriftStruct>();
    for (let field = 0; ; ) {
      const byte = this.byte();
      if ((byte & 15) === 0) return fields;
      field = byte >> 4 ? field + (byte >> 4) : zigzag(this.varint());
      const value = this.#value(byte & 15, depth);
      if (value !== undefined) fields.set(field, value);
    }
  }

  byte(): number {
    return this.#view.getUint8(this.at++);
  }

  /** A number of at most 32 bits, as a signed one. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error("a number of more than 32 bits");
  }

  #value(type: number, depth: number): number | ThriftStruct | undefined {
    switch (type) {
      case 1:
      case 2:
        return 2 - type;
      case 3:
        return this.byte();
      case 4:
      case 5:
        return zigzag(this.varint());
      case 6:
        return this.#long();
      case 7:
        this.#pass(8);
        return undefined;
      case 8:
        this.#pass(this.varint());
        return undefined;
      case 9:
        this.#list(depth);
        return undefined;
      case 12:
        return this.struct(depth + 1);
      default:
        throw new Error(`type ${type} of Thrift`);
    }
  }

  #long(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new Error("a number of more than 64 bits");
  }

  #list(depth: number): void {
    const byte = this.byte();
    const type = byte & 15;
    const length = byte >> 4 === 15 ? this.varint() : byte >> 4;
    if (length < 0 || length > this.#view.byteLength - this.at) throw new Error(`a list of ${length}`);
    if (type === 9) throw new Error("lists of lists");
    for (let index = 0; index < length; index++) {
      if (type === 1 || type === 2) this.#pass(1);
      else this.#value(type, depth);
    }
  }

  #pass(length: number): void {
    if (length < 0 || length > this.#view.byteLength - this.at) throw new Error(`${length} bytes at ${this.at}`);
    this.at += length;
  }
}

function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}
