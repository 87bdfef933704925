import { divergence } from "./divergence.js";
import { medianDistance } from "./median-distance.js";
import { type PairKernel, pairContrast, pooled } from "./pairs.js";
import { subsample } from "./samples.js";

const maxRows = 2000;
const bandwidthRows = 400;

/** exp(-|x - y|^2 / (2 bandwidth^2)). */
function gaussianKernel(bandwidth: number): PairKernel {
  const rate = 1 / (2 * bandwidth * bandwidth);
  return { atZero: 1, apply: (engine, squares, count) => engine.kernels.expNegated(squares, count, rate) };
}

/**
 * Squared maximum mean discrepancy with a Gaussian kernel, unbiased: its mean is 0 for equal laws, so single values can fall below 0. The bandwidth is the
 * median distance between rows of the pooled samples (from at most 400 rows of each), and is held fixed in the interval.
 */
export const mmd = divergence({
  name: "mmd",
  title: "MMD² (Gaussian kernel)",
  unit: "1",
  source: "Gretton et al., JMLR 13 (2012), Lemma 6 and section 8; interval: Arcones and Gine, Ann. Statist. 20 (1992)",
  scaling: "free",
  lengths: ["bandwidth"],
  maxRows,
  evaluate(engine, a, b, dimension, { seed }) {
    const [x, y] = [a, b].map((sample) => subsample(engine, sample, dimension, maxRows, seed));
    const [few, others] = [x, y].map((sample) => subsample(engine, sample, dimension, bandwidthRows, seed));
    const bandwidth = medianDistance(engine, pooled(few, others, dimension), dimension);
    return {
      ...pairContrast(engine, x, y, dimension, gaussianKernel(bandwidth), seed),
      details: { rowsA: x.length / dimension, rowsB: y.length / dimension, bandwidth },
    };
  },
});
