import { type Segment, segmentsOf } from "./kernel-sums-task.js";

/** Allowance for the rounding of float32 kernel values in a mean of them. */
export const rounding = 1e-6;

/** Kernel sums between all rows of two samples, by segment: the means that distances and functions of unit norm are made of. */
export class KernelMeans {
  readonly #segments: readonly Segment[];
  /** float64 [segments][n + m]. */
  readonly #sums: readonly Float64Array[];

  constructor(n: number, m: number) {
    this.#segments = segmentsOf(n, m);
    this.#sums = this.#segments.map(() => new Float64Array(n + m));
  }

  /** Adds the sums of rows from `first` on, float64 [segments, count]. */
  add(first: number, sums: Float64Array): void {
    const count = sums.length / this.#segments.length;
    this.#sums.forEach((all, index) => {
      all.set(sums.subarray(index * count, (index + 1) * count), first);
    });
  }

  /** Rows of a sample in these parts. */
  rows(sample: Segment["sample"], parts: readonly Segment["part"][]): number {
    return this.#of(sample, parts).reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Mean of k over all pairs of a row of one sample and one of another, a row with itself included. */
  mean(a: Segment["sample"], b: Segment["sample"], parts: readonly Segment["part"][]): number {
    let sum = 0;
    for (const index of this.#indices(b, parts)) {
      for (const { start, rows } of this.#of(a, parts)) {
        for (let row = start; row < start + rows; row++) sum += this.#sums[index][row];
      }
    }
    return sum / (this.rows(a, parts) * this.rows(b, parts));
  }

  /** Squared distance of the two mean embeddings of these parts: the biased V-statistic. */
  squaredDistance(parts: readonly Segment["part"][]): number {
    return Math.max(0, this.mean("p", "p", parts) + this.mean("q", "q", parts) - 2 * this.mean("p", "q", parts));
  }

  /** The function (mu_P - mu_Q) / |mu_P - mu_Q| of the rows of `parts`, at rows [from, to) of a sample: of norm 1 at most, so within [-1, 1]. */
  witness(parts: readonly Segment["part"][], sample: Segment["sample"], from: number, to: number): Float64Array {
    const norm = Math.sqrt(this.squaredDistance(parts) + rounding);
    const first = this.#segments.find((segment) => segment.sample === sample)?.start ?? 0;
    const values = new Float64Array(to - from);
    for (const [side, sign] of [
      ["p", 1],
      ["q", -1],
    ] as const) {
      const factor = sign / (norm * this.rows(side, parts));
      for (const index of this.#indices(side, parts)) {
        for (let row = from; row < to; row++) values[row - from] += factor * this.#sums[index][first + row];
      }
    }
    return values.map((value) => Math.min(1, Math.max(-1, value)));
  }

  #of(sample: Segment["sample"], parts: readonly Segment["part"][]): Segment[] {
    return this.#segments.filter((segment) => segment.sample === sample && parts.includes(segment.part));
  }

  #indices(sample: Segment["sample"], parts: readonly Segment["part"][]): number[] {
    return this.#of(sample, parts).map((segment) => this.#segments.indexOf(segment));
  }
}
