import { Purpose, uniforms } from "../kernels/index.js";
import { type Cells, normalsWithTails } from "./cells.js";
import type { GaussianMixture } from "./mixture.js";

/**
 * The cells of `copies` independent vectors of a mixture: cell j holds the rows whose rarest component is the j-th rarest, so that there are as
 * many cells as components, however many copies, and the rarest event has a cell of its own.
 */
export function mixtureCells({ dimension, means, weights, variances }: GaussianMixture, copies: number): Cells {
  const order = Array.from(weights, (_, k) => k).sort((a, b) => weights[a] - weights[b] || a - b);
  const deviations = Float64Array.from(variances, Math.sqrt);
  const tails = tailSums(order.map((k) => weights[k]));
  /** Probability of component order[j] among order[j], order[j + 1], ... */
  const leads = order.map((k, j) => (j === order.length - 1 ? 1 : weights[k] / tails[j]));
  return {
    noun: "components",
    weights: order.map((_, j) => (tails[j] / tails[0]) ** copies * atLeastOne(leads[j], copies)),
    draw(engine, cells, seed, first) {
      const width = copies * dimension;
      const { z, factors } = normalsWithTails(engine, cells.length, width, seed, first);
      const key = { seed, purpose: Purpose.certificateData, client: 2 } as const;
      const u = uniforms(engine, cells.length * (copies + 1), key, first * (copies + 1));
      const labels = new Uint32Array(copies);
      cells.forEach((cell, row) => {
        labelsOf(cell, u.subarray(row * (copies + 1), (row + 1) * (copies + 1)), labels);
        labels.forEach((k, copy) => {
          for (let j = 0; j < dimension; j++) {
            const at = row * width + copy * dimension + j;
            z[at] = means[k * dimension + j] + deviations[k] * z[at];
          }
        });
        if (labels.every((k) => deviations[k] === 0)) factors[row] = 1;
      });
      return { points: z, factors };
    },
  };

  /** Components of the copies, given that the rarest of them is order[cell]: u holds a uniform for its first place and one for each copy. */
  function labelsOf(cell: number, u: Float32Array, labels: Uint32Array): void {
    const place = firstPlace(leads[cell], labels.length, u[0]);
    for (let copy = 0; copy < labels.length; copy++) {
      labels[copy] = copy === place ? order[cell] : componentFrom(copy < place ? cell + 1 : cell, u[copy + 1]);
    }
  }

  /** A component among order[j], order[j + 1], ... */
  function componentFrom(j: number, u: number): number {
    let left = u * tails[j];
    for (let at = j; at < order.length - 1; at++) {
      left -= weights[order[at]];
      if (left < 0) return order[at];
    }
    return order[order.length - 1];
  }
}

/** sums[j] = values[j] + values[j + 1] + ..., small numbers first. */
function tailSums(values: readonly number[]): Float64Array {
  const sums = Float64Array.from(values);
  for (let j = values.length - 2; j >= 0; j--) sums[j] += sums[j + 1];
  return sums;
}

/** 1 - (1 - p)^n without cancellation. */
function atLeastOne(p: number, n: number): number {
  return p >= 1 ? 1 : -Math.expm1(n * Math.log1p(-p));
}

/** The first success of n trials of probability p, given that there is one. */
function firstPlace(p: number, n: number, u: number): number {
  if (p >= 1 || n === 1) return 0;
  return Math.min(n - 1, Math.floor(Math.log1p(-u * atLeastOne(p, n)) / Math.log1p(-p)));
}
