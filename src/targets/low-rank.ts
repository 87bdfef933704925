import type { Denoiser, DenoiserSession } from "../diffusion/denoiser.js";
import { requireInteger } from "../errors.js";
import { type Filled, member } from "../family.js";
import { integer, number, numbers, optional, required } from "../fields.js";
import { type Engine, normals, Purpose, RandomStream } from "../kernels/index.js";
import { normalsWithTails, oneCell } from "./cells.js";
import { gaussianFloat64, orthonormalize } from "./float64-gaussian.js";
import { dimension, lengthsFrom, variances } from "./settings.js";
import type { Target } from "./target.js";

const fields = {
  dimension,
  rank: integer("[1, 4096]", required, "Dimension of the subspace that carries the signal, at most d."),
  noise: number(lengthsFrom("("), 0.1, "Standard deviation in every direction, beside the signal."),
  variances: numbers(variances, optional, "Variances of the signal along the subspace, one per rank. Default: all 1."),
  seed: integer("[0, inf)", 0, "Chooses the subspace."),
};

/** N(0, U diag(variances) U^T + noise^2 I): data near a random subspace, the columns of U orthonormal. */
export const lowRank = member({
  kind: "low-rank",
  text: "A Gaussian near a random subspace.",
  fields,
  check({ dimension, rank, variances }) {
    if (rank > dimension) return { path: ["rank"], rule: `must not exceed dimension ${dimension}`, value: rank };
    if (variances === undefined || variances.length === rank) return undefined;
    return { path: ["variances"], rule: `must have ${rank} entries, one per rank`, value: variances.length };
  },
  create: lowRankTarget,
});

function lowRankTarget({ dimension, rank, noise, variances, seed: subspace }: Filled<typeof fields>): Target {
  const signal = Float64Array.from(variances ?? new Array<number>(rank).fill(1));
  const floor = noise * noise;
  let columns: readonly Float64Array[] | undefined;
  const basisOf = (engine: Engine): readonly Float64Array[] => {
    columns ??= orthonormalColumns(engine, dimension, rank, subspace);
    return columns;
  };
  const projections = (basis: readonly Float64Array[], x: Float32Array, row: number): number[] =>
    basis.map((u) => u.reduce((sum, value, j) => sum + value * x[row * dimension + j], 0));

  const denoiser: Denoiser = {
    dimension,
    open: (engine) => {
      const basis = basisOf(engine);
      const session: DenoiserSession = {
        // In the eigenbasis of the covariance every coordinate is shrunk by alpha lambda / (alpha^2 lambda + sigma^2).
        denoise: (x, batch, { alpha, sigma }, denoised) => {
          const gain = (lambda: number) => (alpha * lambda) / (alpha * alpha * lambda + sigma * sigma);
          const common = gain(floor);
          const extra = signal.map((value) => gain(value + floor) - common);
          const from = new Float32Array(engine.arena.buffer, x, batch * dimension);
          const to = new Float32Array(engine.arena.buffer, denoised, batch * dimension);
          for (let row = 0; row < batch; row++) {
            const along = projections(basis, from, row);
            for (let j = 0; j < dimension; j++) {
              let value = common * from[row * dimension + j];
              for (let i = 0; i < rank; i++) value += extra[i] * along[i] * basis[i][j];
              to[row * dimension + j] = value;
            }
          }
        },
      };
      return {
        ...session,
        // A linear map is its own Jacobian.
        jvp: (x, tangents, batch, level, denoised, products) => {
          session.denoise(x, batch, level, denoised);
          session.denoise(tangents, batch, level, products);
        },
      };
    },
  };

  const marginalLogDensity = (
    engine: Engine,
    x: Float32Array,
    { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
  ): Float64Array => {
    const basis = basisOf(engine);
    const rows = requireInteger("x.length / dimension", x.length / dimension, 0);
    const common = alpha * alpha * floor + sigma * sigma;
    const along = signal.map((value) => common + alpha * alpha * value);
    const { log } = Math;
    const logDeterminant = along.reduce((sum, value) => sum + log(value), (dimension - rank) * log(common));
    const constant = -0.5 * (dimension * log(2 * Math.PI) + logDeterminant);
    return Float64Array.from({ length: rows }, (_, row) => {
      let quadratic = 0;
      for (let j = 0; j < dimension; j++) quadratic += x[row * dimension + j] ** 2 / common;
      projections(basis, x, row).forEach((value, i) => {
        quadratic += value * value * (1 / along[i] - 1 / common);
      });
      return constant - 0.5 * quadratic;
    });
  };

  const deviations = signal.map(Math.sqrt);
  /** U diag(sqrt(variances)) z + noise z', from rows [z, z']. */
  const pointsOf = (engine: Engine, z: Float32Array, count: number): Float32Array => {
    const basis = basisOf(engine);
    const points = new Float32Array(count * dimension);
    for (let row = 0; row < count; row++) {
      const at = row * (rank + dimension);
      for (let j = 0; j < dimension; j++) {
        let value = noise * z[at + rank + j];
        for (let i = 0; i < rank; i++) value += deviations[i] * z[at + i] * basis[i][j];
        points[row * dimension + j] = value;
      }
    }
    return points;
  };

  return {
    name: "low-rank",
    dimension,
    denoiser,
    float64: gaussianFloat64({
      mean: new Float64Array(dimension),
      floor,
      variances: signal.map((value) => floor + value),
      axes: basisOf,
    }),
    mean: new Float64Array(dimension),
    secondMoment: signal.reduce((sum, value) => sum + value, dimension * floor),
    covariance: (engine) => {
      const basis = basisOf(engine);
      return Float64Array.from({ length: dimension * dimension }, (_, at) => {
        const [row, column] = [Math.floor(at / dimension), at % dimension];
        return basis.reduce((sum, u, i) => sum + signal[i] * u[row] * u[column], row === column ? floor : 0);
      });
    },
    gaussianVariances: Float64Array.from({ length: dimension }, (_, i) => floor + (i < rank ? signal[i] : 0)),
    cells: oneCell("Gaussian", (engine, rows, seed, first) => {
      const { z, factors } = normalsWithTails(engine, rows, rank + dimension, seed, first);
      return { points: pointsOf(engine, z, rows), factors };
    }),
    sample: (engine, count, seed, first = 0) => {
      const width = rank + dimension;
      const z = normals(engine, count * width, { seed, purpose: Purpose.target }, first * width);
      return { points: pointsOf(engine, z, count), labels: new Int32Array(count) };
    },
    marginalLogDensity,
    logDensity: (engine, points) => marginalLogDensity(engine, points, { alpha: 1, sigma: 0 }),
  };
}

/** The columns of U, float64: Gaussian vectors made orthonormal one after the other. */
function orthonormalColumns(engine: Engine, dimension: number, rank: number, seed: number): readonly Float64Array[] {
  const stream = new RandomStream(engine, { seed, purpose: Purpose.target, client: 1 });
  const vector = () => Float64Array.from({ length: dimension }, () => stream.normal());
  return orthonormalize(Array.from({ length: rank }, vector));
}
