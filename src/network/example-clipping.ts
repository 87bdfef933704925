import { atFloat32, atFloat64, type Engine, type Pointer, requireEngine } from "../kernels/index.js";

/** The operands of a linear map's gradient, one example a row: its inputs [rows, fanIn] and the gradients at its outputs [rows, fanOut]. */
export interface OuterProduct {
  readonly input: Pointer;
  readonly inputStride: number;
  readonly fanIn: number;
  readonly delta: Pointer;
  readonly deltaStride: number;
  readonly fanOut: number;
}

/** How the gradients of examples are clipped. */
export interface ClippingRule {
  /** Neighbouring rows that are one example. */
  readonly draws: number;
  /** C: largest Euclidean norm of an example's gradient over all parameters. */
  readonly clipNorm: number;
  /** What the sum of the clipped gradients is multiplied by. */
  readonly factor: number;
}

/**
 * Turns the gradient of a mean over examples, each a mean over its draws, into a sum of the examples' own gradients, each times min(1, C / norm)
 * (Abadi et al. 2016, arXiv 1607.00133). Norms come from the operands of the gradients' outer products, see addExampleSquares. Lives in the
 * current arena scope.
 */
export class ExampleClipping {
  readonly rule: ClippingRule;
  readonly #engine: Engine;
  readonly #squares: Pointer;
  readonly #scales: Pointer;
  #examples = 0;
  /** Examples whose norm is not finite. */
  #broken: number[] = [];

  /** @param mostExamples of one call. */
  constructor(engine: Engine, rule: ClippingRule, mostExamples: number) {
    this.rule = rule;
    this.#engine = requireEngine(engine);
    this.#squares = engine.arena.allocate(8 * mostExamples);
    this.#scales = engine.arena.allocate(4 * mostExamples);
  }

  /** Before the gradients of other examples are measured. */
  begin(rows: number): void {
    this.#examples = rows / this.rule.draws;
    this.#norms().fill(0);
  }

  /** Adds what a linear map has of the squared norms of the examples in rows [row, row + rows), whole ones. */
  measure({ input, inputStride, fanIn, delta, deltaStride, fanOut }: OuterProduct, row: number, rows: number): void {
    const { draws } = this.rule;
    this.#engine.kernels.addExampleSquares(
      atFloat32(input, row * inputStride),
      inputStride,
      fanIn,
      atFloat32(delta, row * deltaStride),
      deltaStride,
      fanOut,
      rows,
      draws,
      atFloat64(this.#squares, row / draws),
    );
  }

  /** Once all maps are measured: how each example is scaled. One whose norm is not finite is left out, so that none adds more than C. */
  end(): void {
    const { clipNorm, factor } = this.rule;
    const scales = new Float32Array(this.#engine.arena.buffer, this.#scales, this.#examples);
    this.#broken = [];
    this.#norms().forEach((square, example) => {
      // Of an example's part of the mean.
      const norm = Math.sqrt(square);
      if (!Number.isFinite(norm)) this.#broken.push(example);
      scales[example] = Number.isFinite(norm) ? factor * Math.min(this.#examples, clipNorm / norm) : 0;
    });
  }

  /** Scales the rows of a map's delta, after `end`. Both operands of an example that is left out become 0: 0 times infinity is no number. */
  scale({ input, inputStride, fanIn, delta, deltaStride, fanOut }: OuterProduct): void {
    const { draws } = this.rule;
    this.#engine.kernels.scaleExamples(delta, deltaStride, fanOut, this.#examples * draws, draws, this.#scales);
    for (const example of this.#broken) {
      for (let row = example * draws; row < (example + 1) * draws; row++) {
        this.#floats(atFloat32(input, row * inputStride), fanIn).fill(0);
        this.#floats(atFloat32(delta, row * deltaStride), fanOut).fill(0);
      }
    }
  }

  #floats(pointer: Pointer, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#engine.arena.buffer, pointer, length);
  }

  #norms(): Float64Array<ArrayBuffer> {
    return this.#engine.arena.float64(this.#squares, this.#examples);
  }
}
