type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Entries of a block. */
const blockLength = 2 ** 16;

/** A list of numbers that grows by blocks, so that it never moves and is at most a block longer than it need be. */
export class Grown<List extends Numbers> {
  readonly #create: (length: number) => List;
  #blocks: List[] = [];
  #last: List;
  #used = 0;

  constructor(create: (length: number) => List) {
    this.#create = create;
    this.#last = create(blockLength);
  }

  push(value: number): void {
    if (this.#used === blockLength) {
      this.#blocks.push(this.#last);
      this.#last = this.#create(blockLength);
      this.#used = 0;
    }
    this.#last[this.#used++] = value;
  }

  /** The list as one array. It is empty afterwards. */
  take(): List {
    const whole = this.#create(this.#blocks.length * blockLength + this.#used);
    for (const [index, block] of this.#blocks.entries()) whole.set(block, index * blockLength);
    whole.set(this.#last.subarray(0, this.#used), this.#blocks.length * blockLength);
    this.#blocks = [];
    this.#used = 0;
    return whole;
  }
}
