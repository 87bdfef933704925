import { atFloat32, type Engine, nullPointer, type Pointer, packedLength } from "../kernels/index.js";
import { percentileInterval, resample } from "./bootstrap.js";
import { centred, columnMeans } from "./samples.js";
import { openSquaredDistances, type RowBlock } from "./squared-distances.js";

const blockRows = 256;
const replicates = 400;

/** A symmetric function k of the distance between two rows. */
export interface PairKernel {
  /** k at distance 0. */
  readonly atZero: number;
  /** In place: squared distances, float32 [count], become values of k. Returns their sum. */
  apply(engine: Engine, squares: Pointer, count: number): number;
}

/** Which pairs of rows: within a, within b, or one of each. */
type Part = "a" | "b" | "between";

interface SampleBlock extends RowBlock {
  readonly sample: "a" | "b";
}

/** Both samples as rows of one array, a then b, moved so that the mean of their means is 0. */
export function pooled(a: Float32Array, b: Float32Array, dimension: number): Float32Array {
  const [meanA, meanB] = [columnMeans(a, dimension), columnMeans(b, dimension)];
  const origin = meanA.map((value, k) => (value + meanB[k]) / 2);
  const out = new Float32Array(a.length + b.length);
  out.set(centred(a, origin));
  out.set(centred(b, origin), a.length);
  return out;
}

function blocksOf(n: number, m: number): SampleBlock[] {
  const cut = (sample: "a" | "b", first: number, rows: number) =>
    Array.from({ length: Math.ceil(rows / blockRows) }, (_, i) => ({
      sample,
      start: first + i * blockRows,
      rows: Math.min(blockRows, rows - i * blockRows),
    }));
  return [...cut("a", 0, n), ...cut("b", n, m)];
}

/** How often each bootstrap resample holds each row: float32 [n + m, replicates]. */
function drawWeights(engine: Engine, n: number, m: number, seed: number): Pointer {
  const weights = engine.arena.zeros((n + m) * replicates);
  for (const [sample, first, rows] of [
    [0, 0, n],
    [1, n, m],
  ]) {
    resample(engine, rows, replicates, seed, sample, (replicate, drawn) => {
      const entries = weights.array;
      for (let i = 0; i < rows; i++) entries[(first + drawn[i]) * replicates + replicate]++;
    });
  }
  return weights.pointer;
}

/** Sums of w_i w_j k(x_i, x_j) over ordered pairs of different rows: of the samples themselves (w = 1), and of each resample. */
class PairSums {
  readonly #engine: Engine;
  readonly #twice: Pointer;
  readonly #once: Pointer;
  sample = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#twice = engine.arena.allocate(8 * replicates);
    this.#once = engine.arena.allocate(8 * replicates);
    for (const sums of [this.#once, this.#twice]) engine.arena.float64(sums, replicates).fill(0);
  }

  /** Adds w_i w_j k of a block: once where it holds both (i, j) and (j, i), or where the parts differ; else twice. */
  add(blockSum: number, times: 1 | 2, product: Pointer, weights: Pointer, rows: number): void {
    this.sample += times * blockSum;
    this.#engine.kernels.addColumnDots(product, weights, rows, replicates, times === 1 ? this.#once : this.#twice);
  }

  resamples(): Float64Array {
    const twice = this.#engine.arena.float64(this.#twice, replicates);
    return this.#engine.arena.float64(this.#once, replicates).map((sum, r) => sum + 2 * twice[r]);
  }
}

/** For each resample: the sum of w_i w_j over ordered pairs of different rows of one sample, n^2 - sum of w_i^2. */
function pairsOfResamples(engine: Engine, weights: Pointer, rows: number): Float64Array {
  return engine.arena.scope(() => {
    const squares = engine.arena.allocate(8 * replicates);
    engine.arena.float64(squares, replicates).fill(0);
    engine.kernels.addColumnDots(weights, weights, rows, replicates, squares);
    return engine.arena.float64(squares, replicates).map((sum) => rows * rows - sum);
  });
}

function zeroDiagonal(engine: Engine, square: Pointer, rows: number): void {
  const entries = new Float32Array(engine.arena.buffer, square, rows * rows);
  for (let i = 0; i < rows; i++) entries[i * (rows + 1)] = 0;
}

/**
 * Mean of k over pairs within a, plus within b, minus twice the mean between: unbiased (a U-statistic, pairs of a row with itself are left out),
 * so it can fall below 0. `a` and `b` are float32 [n, dimension] and [m, dimension].
 *
 * The interval is the percentile bootstrap of the whole quadratic form, not of its linear part, so it stays honest where the two laws
 * are equal and the linear part vanishes: each resample weights the pair (i, j) by w_i w_j, i != j, and normalizes by the
 * sum of these weights (Arcones and Gine, Ann. Statist. 20, 1992). All resamples together are one matrix product per block of pairs.
 */
export function pairContrast(
  engine: Engine,
  a: Float32Array,
  b: Float32Array,
  dimension: number,
  kernel: PairKernel,
  seed: number,
): { readonly value: number; readonly low: number; readonly high: number } {
  const { arena, kernels } = engine;
  const [n, m] = [a.length / dimension, b.length / dimension];
  return arena.scope(() => {
    const squaredDistances = openSquaredDistances(engine, pooled(a, b, dimension), dimension);
    const weights = drawWeights(engine, n, m, seed);
    const weightsOf = (block: RowBlock) => atFloat32(weights, replicates * block.start);
    const packed = arena.floats(packedLength(blockRows, replicates)).pointer;
    const values = arena.floats(blockRows * blockRows).pointer;
    const product = arena.floats(blockRows * replicates).pointer;
    const sums: Record<Part, PairSums> = {
      a: new PairSums(engine),
      b: new PairSums(engine),
      between: new PairSums(engine),
    };
    const blocks = blocksOf(n, m);
    for (const [j, right] of blocks.entries()) {
      kernels.packPanels(weightsOf(right), replicates, right.rows, replicates, packed);
      for (const left of blocks.slice(0, j + 1)) {
        squaredDistances(left, right, values);
        if (left === right) zeroDiagonal(engine, values, left.rows);
        let sum = kernel.apply(engine, values, left.rows * right.rows);
        if (left === right) {
          zeroDiagonal(engine, values, left.rows);
          sum -= left.rows * kernel.atZero;
        }
        kernels.gemm(
          0,
          values,
          right.rows,
          packed,
          nullPointer,
          product,
          replicates,
          left.rows,
          replicates,
          right.rows,
        );
        const part = left.sample === right.sample ? left.sample : "between";
        const times = part === "between" || left === right ? 1 : 2;
        sums[part].add(sum, times, product, weightsOf(left), left.rows);
      }
    }
    const contrast = (withinA: number, withinB: number, between: number) => withinA + withinB - 2 * between;
    const [meanA, meanB] = [sums.a.sample / (n * (n - 1)), sums.b.sample / (m * (m - 1))];
    const value = contrast(meanA, meanB, sums.between.sample / (n * m));
    const pairsA = pairsOfResamples(engine, weights, n);
    const pairsB = pairsOfResamples(engine, atFloat32(weights, replicates * n), m);
    const [drawnA, drawnB, drawnBetween] = [sums.a, sums.b, sums.between].map((part) => part.resamples());
    // A resample of one row repeated has no pairs and says nothing about its sample: it counts as the sample's own mean.
    const mean = (sum: number, pairs: number, otherwise: number) => (pairs > 0 ? sum / pairs : otherwise);
    const draws = drawnBetween.map((between, r) =>
      contrast(mean(drawnA[r], pairsA[r], meanA), mean(drawnB[r], pairsB[r], meanB), between / (n * m)),
    );
    const [low, high] = percentileInterval(draws);
    return { value, low, high };
  });
}
