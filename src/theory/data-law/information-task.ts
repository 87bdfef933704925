import { levelWith } from "../../diffusion/schedule.js";
import { centred, columnMeans } from "../../divergence/samples.js";
import { type Engine, normals, Purpose } from "../../kernels/index.js";
import { mixtureLogDensity } from "../../targets/gaussian-mixture.js";
import type { GaussianMixture } from "../../targets/mixture.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import type { Rows } from "../denoising-errors.js";

/** Rows, the noise that is added to them, and which of them each draw starts at: plain data. */
export interface InformationSetup {
  readonly rows: Rows;
  /** float64 [levels]. */
  readonly logSnr: Float64Array;
  /** The first draws, spread over all rows; those behind them visit the rows in turn. */
  readonly pilot: number;
  readonly seed: number;
}

/** Draws [first, first + count) at a level. */
export interface DrawRange {
  readonly level: number;
  readonly first: number;
  readonly count: number;
}

interface Problem extends Omit<InformationSetup, "rows"> {
  readonly mixture: GaussianMixture;
}

/**
 * log(N(x; alpha x_i, sigma^2 I) / qhat(x)) of draws x = alpha x_i + sigma z, qhat the mixture of all n noised rows: float64 [count], each at most log n.
 * Its mean over x and i is the mutual information of i and x, h(qhat) less the entropy of the noise.
 */
export const informationDraws = defineTask({
  name: "informationDraws",
  open: (_engine, { rows, ...setup }: InformationSetup): Problem => ({ ...setup, mixture: mixtureOf(rows) }),
  run: (engine, problem, range: DrawRange) => informationOf(engine, problem, range),
  transfer: (draws) => buffersOf([draws]),
});

/** The rows moved to mean 0: an entropy has no origin, and near it float32 has more digits. */
function mixtureOf({ points, dimension }: Rows): GaussianMixture {
  const count = points.length / dimension;
  return {
    dimension,
    means: centred(points, columnMeans(points, dimension)),
    weights: new Float64Array(count).fill(1 / count),
    variances: new Float64Array(count),
  };
}

function informationOf(
  engine: Engine,
  problem: Problem,
  { level, first, count }: DrawRange,
): Float64Array<ArrayBuffer> {
  const { mixture, logSnr, pilot, seed } = problem;
  const { dimension, means } = mixture;
  const { alpha, sigma } = levelWith(logSnr[level], Number.NaN);
  const noise = normals(engine, count * dimension, { seed, purpose: Purpose.dataLaw, step: level }, first * dimension);
  const rows = means.length / dimension;
  const x = new Float32Array(count * dimension);
  const squares = new Float64Array(count);
  for (let draw = 0; draw < count; draw++) {
    const row = rowOf(first + draw, rows, pilot);
    for (let j = 0; j < dimension; j++) {
      const [at, center] = [draw * dimension + j, alpha * means[row * dimension + j]];
      x[at] = center + sigma * noise[at];
      squares[draw] += ((x[at] - center) / sigma) ** 2;
    }
  }
  const normalization = 0.5 * dimension * Math.log(2 * Math.PI * sigma * sigma);
  const mixed = mixtureLogDensity(engine, mixture, x, { alpha, sigma });
  return mixed.map((density, draw) => -0.5 * squares[draw] - normalization - density);
}

function rowOf(draw: number, rows: number, pilot: number): number {
  return draw < pilot ? Math.floor((draw * rows) / pilot) : (draw - pilot) % rows;
}
