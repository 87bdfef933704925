import { divergence } from "./divergence.js";
import { type PairKernel, pairContrast } from "./pairs.js";
import { subsample } from "./samples.js";

const maxRows = 2000;

const euclidean: PairKernel = {
  atZero: 0,
  apply: (engine, squares, count) => engine.kernels.squareRoots(squares, count),
};

/**
 * Energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'|, unbiased: its mean is 0 for equal laws, so single values can fall below 0. No root is taken
 * (scipy's `energy_distance` is the root of the biased version).
 */
export const energyDistance = divergence({
  name: "energyDistance",
  title: "Energy distance",
  unit: "data units",
  source: "Szekely and Rizzo, J. Stat. Plan. Inference 143 (2013); interval: Arcones and Gine, Ann. Statist. 20 (1992)",
  scaling: "linear",
  maxRows,
  evaluate(engine, a, b, dimension, { seed }) {
    const [x, y] = [a, b].map((sample) => subsample(engine, sample, dimension, maxRows, seed));
    const contrast = pairContrast(engine, x, y, dimension, euclidean, seed);
    return {
      value: 0 - contrast.value,
      low: 0 - contrast.high,
      high: 0 - contrast.low,
      details: { rowsA: x.length / dimension, rowsB: y.length / dimension },
    };
  },
});
