import { type Engine, nullPointer, type Pointer } from "../kernels/index.js";
import type { Film } from "./film.js";
import { conditionWidth, type NetworkSpec } from "./spec.js";

/** Conditions of a modulated network at one noise level: one for each class and, the last, for none. In the arena scope of its session. */
export class LevelConditions {
  readonly count: number;
  readonly #engine: Engine;
  readonly #noiseFeatures: number;
  readonly #width: number;
  /** float32 [count, conditionWidth]. */
  readonly #rows: Pointer;
  /** Of a batch without a class, uint32 [maxBatch]. */
  readonly #none: Pointer;

  constructor(engine: Engine, spec: NetworkSpec, maxBatch: number) {
    const { arena } = engine;
    this.#engine = engine;
    this.#noiseFeatures = spec.noiseFeatures;
    this.#width = conditionWidth(spec);
    this.count = (spec.classes ?? 0) + 1;
    this.#rows = arena.floats(this.count * this.#width).pointer;
    this.#none = arena.allocate(4 * maxBatch);
    arena.int32(this.#none, maxBatch).fill(this.count - 1);
  }

  /** Scales and shifts for the noise features of a level, float32 [noiseFeatures]. */
  set(features: Pointer, film: Film): void {
    const { buffer } = this.#engine.arena;
    const noise = new Float32Array(buffer, features, this.#noiseFeatures);
    const rows = new Float32Array(buffer, this.#rows, this.count * this.#width).fill(0);
    for (let row = 0; row < this.count; row++) {
      rows.set(noise, row * this.#width);
      if (this.#width > this.#noiseFeatures) rows[row * this.#width + this.#noiseFeatures + row] = 1;
    }
    film.condition(this.#rows, this.count);
  }

  /** Which condition each row has: its class, uint32 [batch]; nullPointer: none has one. */
  indexOf(classes: Pointer): Pointer {
    return classes === nullPointer ? this.#none : classes;
  }
}
