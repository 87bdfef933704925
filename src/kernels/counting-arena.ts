import { Arena, type Float32Block } from "./arena.js";
import { nullPointer, type Pointer } from "./pointer.js";

/** An arena without memory: it says how much would be needed. Nothing may be read or written. */
export class CountingArena extends Arena {
  #bytes = 0;

  constructor() {
    super(new WebAssembly.Memory({ initial: 0 }), nullPointer);
  }

  /** Bytes of all allocations so far. */
  get bytes(): number {
    return this.#bytes;
  }

  override allocate(bytes: number): Pointer {
    this.#bytes += bytes;
    return nullPointer;
  }

  override zeros(length: number): Float32Block {
    return this.floats(length);
  }
}
