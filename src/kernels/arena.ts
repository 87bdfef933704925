import { FedscoreError, requireInteger } from "../errors.js";
import { atByte, type Pointer } from "./pointer.js";

const pageBytes = 65536;
const alignment = 64;

/** Of a 32-bit memory. */
const mostPages = 65536;

/** Of the memory of an engine: 4 GiB. */
export const mostBytes = mostPages * pageBytes;

/** A run of float32 in wasm memory. `array` is rebuilt when the memory has grown: take it anew after each allocation. */
export class Float32Block {
  readonly #arena: Arena;
  readonly pointer: Pointer;
  readonly length: number;

  constructor(arena: Arena, pointer: Pointer, length: number) {
    this.#arena = arena;
    this.pointer = pointer;
    this.length = length;
  }

  /** The floats as they are now: a view without a copy, to be taken anew after each allocation. */
  get array(): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#arena.buffer, this.pointer, this.length);
  }
}

/**
 * The memory of one WASM instance: a persistent region at the bottom, a scratch stack above it.
 * Kernels never allocate; TypeScript lays everything out here between calls.
 */
export class Arena {
  readonly #memory: WebAssembly.Memory;
  #top: Pointer;
  #scopes = 0;
  #peak: number;

  constructor(memory: WebAssembly.Memory, heapBase: Pointer) {
    this.#memory = memory;
    this.#top = align(heapBase);
    this.#peak = this.#top;
  }

  /** The whole memory. Growth replaces it: views of the old buffer have length 0 then. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer as ArrayBuffer;
  }

  /** Bytes in use now, static data included. */
  get used(): number {
    return this.#top;
  }

  /** Most bytes that were ever in use at once. */
  get peak(): number {
    return this.#peak;
  }

  /** Whether a scope is open: what is allocated now is released with it. */
  get isScoped(): boolean {
    return this.#scopes > 0;
  }

  /** Runs `work`; all it allocates is released when it returns or throws. Scopes nest like calls. */
  scope<T>(work: () => T): T {
    const mark = this.#top;
    this.#scopes++;
    try {
      return work();
    } finally {
      this.#top = mark;
      this.#scopes--;
    }
  }

  /** Bytes aligned to a cache line (64), not cleared: inside a scope scratch, outside of any scope persistent. */
  allocate(bytes: number): Pointer {
    requireInteger("bytes", bytes, 0);
    const pointer = this.#top;
    const end = align(atByte(pointer, bytes));
    this.#reserve(end, bytes);
    this.#top = end;
    this.#peak = Math.max(this.#peak, end);
    return pointer;
  }

  /** Room for `length` float32, not cleared. */
  floats(length: number): Float32Block {
    return new Float32Block(this, this.allocate(length * 4), length);
  }

  /** `length` float32 of 0. */
  zeros(length: number): Float32Block {
    const block = this.floats(length);
    block.array.fill(0);
    return block;
  }

  /** A copy of `source` in wasm memory. */
  copyIn(source: Float32Array): Float32Block {
    const block = this.floats(source.length);
    block.array.set(source);
    return block;
  }

  /** A copy of any typed array in wasm memory; returns its pointer. */
  copyBytes(source: ArrayBufferView): Pointer {
    const pointer = this.allocate(source.byteLength);
    new Uint8Array(this.buffer, pointer, source.byteLength).set(
      new Uint8Array(source.buffer, source.byteOffset, source.byteLength),
    );
    return pointer;
  }

  /** float64 [length] at the pointer, a view without a copy. */
  float64(pointer: Pointer, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.buffer, pointer, length);
  }

  /** int32 [length] at the pointer, a view without a copy. */
  int32(pointer: Pointer, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.buffer, pointer, length);
  }

  #reserve(end: number, requested: number): void {
    const have = this.#memory.buffer.byteLength;
    if (end <= have) return;
    const needed = Math.ceil((end - have) / pageBytes);
    const ahead = Math.min(Math.ceil(have / 4 / pageBytes), 1024);
    if (this.#grow(Math.max(needed, ahead)) || this.#grow(needed)) return;
    throw new FedscoreError(
      "FEDSCORE_OUT_OF_MEMORY",
      `out of wasm memory: ${requested} bytes requested, ${this.#top} in use of ${have} allocated; the limit of a 32-bit memory is ${mostBytes}`,
      { requested, used: this.#top, allocated: have, scopes: this.#scopes },
    );
  }

  #grow(pages: number): boolean {
    if (pages > mostPages) return false;
    try {
      this.#memory.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}

function align(pointer: Pointer): Pointer {
  return atByte(pointer, (alignment - (pointer % alignment)) % alignment);
}
