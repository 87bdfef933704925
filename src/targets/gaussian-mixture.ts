import { placeAt } from "../data/cumulative.js";
import type { Denoiser } from "../diffusion/denoiser.js";
import { ArgumentError, requireInteger, requireLength, requireNumber } from "../errors.js";
import { type Engine, normals, nullPointer, type Pointer, Purpose, uniforms } from "../kernels/index.js";
import { mapped } from "./affine.js";
import type { AffineMap } from "./affine-map.js";
import { mixtureFloat64 } from "./float64-mixture.js";
import type { GaussianMixture, UnroundedMixture } from "./mixture.js";
import { mixtureCells } from "./mixture-cells.js";
import type { Target } from "./target.js";

/** A mixture in the memory of an engine. */
interface LoadedMixture {
  /** Evaluates rows x [rows, dimension] <= maxRows of X_t = alpha X_0 + sigma Z; see mixtureEvaluate. */
  evaluate(
    x: Pointer,
    rows: number,
    alpha: number,
    sigma: number,
    out: { denoised?: Pointer; density?: Pointer },
  ): void;
  /** The same with products of the posterior mean's Jacobians; see mixtureJvp. */
  jvp(
    x: Pointer,
    tangents: Pointer,
    rows: number,
    alpha: number,
    sigma: number,
    denoised: Pointer,
    products: Pointer,
  ): void;
}

/** Rows that a density is evaluated for at once, so that scratch does not grow with the number of points. */
const densityTile = 4096;

/** Throws unless shapes agree, weights are positive and sum to 1, variances are >= 0 and means finite. */
export function requireMixture(argument: string, mixture: GaussianMixture): GaussianMixture {
  const { dimension, means, weights, variances } = mixture;
  requireInteger(`${argument}.dimension`, dimension, 1);
  requireInteger(`${argument}.weights.length`, weights.length, 1);
  requireLength(`${argument}.means`, means, weights.length * dimension);
  requireLength(`${argument}.variances`, variances, weights.length);
  let total = 0;
  for (let k = 0; k < weights.length; k++) {
    total += requireNumber(`${argument}.weights[${k}]`, weights[k], "must be finite and > 0", (value) => value > 0);
    requireNumber(`${argument}.variances[${k}]`, variances[k], "must be finite and >= 0", (value) => value >= 0);
  }
  if (!isOne(total)) throw new ArgumentError(`${argument}.weights`, "must sum to 1", total);
  means.forEach((value, index) => {
    requireNumber(`${argument}.means[${index}]`, value);
  });
  return mixture;
}

/** Whether probabilities that sum to `total` sum to 1 but for rounding. */
export function isOne(total: number): boolean {
  return Math.abs(total - 1) <= 1e-9;
}

/** Copies a mixture to the engine: call inside an arena scope. `scratchBytes` of its largest call. */
function load({ arena, kernels }: Engine, mixture: GaussianMixture, scratchBytes: number): LoadedMixture {
  const { dimension, weights, variances } = mixture;
  const count = weights.length;
  const packed = arena.floats(kernels.mixturePackedLength(count, dimension)).pointer;
  arena.scope(() => {
    kernels.mixturePack(arena.copyIn(mixture.means).pointer, count, dimension, packed);
  });
  const logWeights = arena.copyBytes(Float64Array.from(weights, kernels.mathLog));
  const variance = arena.copyBytes(Float64Array.from(variances));
  const scratch = arena.allocate(scratchBytes);
  return {
    evaluate: (x, rows, alpha, sigma, { denoised = nullPointer, density = nullPointer }) => {
      kernels.mixtureEvaluate(
        packed,
        logWeights,
        variance,
        count,
        dimension,
        x,
        rows,
        alpha,
        sigma,
        scratch,
        denoised,
        nullPointer,
        density,
      );
    },
    jvp: (x, tangents, rows, alpha, sigma, denoised, products) => {
      kernels.mixtureJvp(
        packed,
        logWeights,
        variance,
        count,
        dimension,
        x,
        tangents,
        rows,
        alpha,
        sigma,
        scratch,
        denoised,
        products,
      );
    },
  };
}

/**
 * The exact denoiser of `copies` independent vectors that all follow the mixture, side by side in one row of
 * copies * mixture.dimension. All of variance 0: the denoiser of a data set's empirical law.
 */
export function mixtureDenoiser(mixture: GaussianMixture, copies = 1): Denoiser {
  return {
    dimension: copies * mixture.dimension,
    open: (engine, maxBatch) => {
      const { dimension, weights } = mixture;
      const scratch = engine.kernels.mixtureJvpScratchBytes(weights.length, dimension, maxBatch * copies);
      const loaded = load(engine, mixture, scratch);
      return {
        denoise: (x, batch, { alpha, sigma }, denoised) =>
          loaded.evaluate(x, batch * copies, alpha, sigma, { denoised }),
        jvp: (x, tangents, batch, { alpha, sigma }, denoised, products) =>
          loaded.jvp(x, tangents, batch * copies, alpha, sigma, denoised, products),
      };
    },
  };
}

/** Log-density of X_t in nats per row of x, rows of `copies` independent vectors of the mixture side by side. */
export function mixtureLogDensity(
  engine: Engine,
  mixture: GaussianMixture,
  x: Float32Array,
  level: { readonly alpha: number; readonly sigma: number },
  copies = 1,
): Float64Array<ArrayBuffer> {
  const { arena } = engine;
  const width = mixture.dimension;
  const rows = requireInteger("x.length / dimension", x.length / (width * copies), 0) * copies;
  const densities = new Float64Array(rows / copies);
  arena.scope(() => {
    const tile = Math.min(rows, densityTile);
    const loaded = load(engine, mixture, engine.kernels.mixtureScratchBytes(mixture.weights.length, tile));
    const block = arena.floats(tile * width);
    const density = arena.allocate(8 * tile);
    for (let row = 0; row < rows; row += tile) {
      const count = Math.min(tile, rows - row);
      block.array.set(x.subarray(row * width, (row + count) * width));
      loaded.evaluate(block.pointer, count, level.alpha, level.sigma, { density });
      arena.float64(density, count).forEach((value, i) => {
        densities[Math.floor((row + i) / copies)] += value;
      });
    }
  });
  return densities;
}

/** E|X_0|^2 of one vector. */
function secondMomentOf({ dimension, means, weights, variances }: GaussianMixture): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    let square = dimension * variances[k];
    for (let j = 0; j < dimension; j++) square += means[k * dimension + j] ** 2;
    sum += weights[k] * square;
  }
  return sum;
}

/** E X_0 of `copies` vectors side by side. */
function meanOf({ dimension, means, weights }: GaussianMixture, copies: number): Float64Array {
  const mean = new Float64Array(copies * dimension);
  for (let k = 0; k < weights.length; k++) {
    for (let j = 0; j < dimension; j++) mean[j] += weights[k] * means[k * dimension + j];
  }
  for (let copy = 1; copy < copies; copy++) mean.copyWithin(copy * dimension, 0, dimension);
  return mean;
}

/**
 * A mixture as a target; with `copies` > 1 the product of that many independent vectors of it, whose rows are labelled by the
 * component of the first.
 */
export function mixtureTarget(name: string, mixture: GaussianMixture, copies = 1): Target {
  requireMixture("mixture", mixture);
  const { dimension: width, means, weights, variances } = mixture;
  const cumulative = Float64Array.from(weights);
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const deviations = Float64Array.from(variances, Math.sqrt);
  const smooth = deviations.every((deviation) => deviation > 0);
  return {
    name,
    dimension: copies * width,
    denoiser: mixtureDenoiser(mixture, copies),
    float64: mixtureFloat64(mixture, copies),
    mean: meanOf(mixture, copies),
    secondMoment: copies * secondMomentOf(mixture),
    cells: mixtureCells(mixture, copies),
    independentMixtures: new Array<UnroundedMixture>(copies).fill({ ...mixture, means: Float64Array.from(means) }),
    affine: (map) => affineMixture(name, mixture, copies, map),
    ...(copies === 1 && {
      ofClass: (label: number) => mixtureTarget(`${name}, class ${label}`, componentOf(mixture, label)),
    }),
    sample: (engine, count, seed, first = 0) => {
      const u = uniforms(engine, count * copies, { seed, purpose: Purpose.targetLabel }, first * copies);
      const row = copies * width;
      const points = normals(engine, count * row, { seed, purpose: Purpose.target }, first * row);
      const labels = new Int32Array(count);
      for (let i = 0; i < u.length; i++) {
        const k = placeAt(cumulative, u[i]);
        if (i % copies === 0) labels[i / copies] = k;
        for (let j = 0; j < width; j++)
          points[i * width + j] = means[k * width + j] + deviations[k] * points[i * width + j];
      }
      return { points, labels };
    },
    marginalLogDensity: (engine, x, level) => mixtureLogDensity(engine, mixture, x, level, copies),
    ...(smooth && {
      logDensity: (engine: Engine, points: Float32Array) =>
        mixtureLogDensity(engine, mixture, points, { alpha: 1, sigma: 0 }, copies),
    }),
  };
}

/** One component of a mixture, as a mixture. */
function componentOf({ dimension, means, weights, variances }: GaussianMixture, component: number): GaussianMixture {
  requireInteger("class", component, 0, weights.length - 1);
  return {
    dimension,
    means: means.slice(component * dimension, (component + 1) * dimension),
    weights: Float64Array.of(1),
    variances: Float64Array.of(variances[component]),
  };
}

/** The mixture's image. What the shifts of the copies have in common moves the means; the rest stays a map on top. */
function affineMixture(name: string, mixture: GaussianMixture, copies: number, { shift, scale }: AffineMap): Target {
  const { dimension: width, means, variances } = mixture;
  const common = Float64Array.from({ length: width }, (_, j) => {
    let sum = 0;
    for (let copy = 0; copy < copies; copy++) sum += shift[copy * width + j];
    return sum / copies;
  });
  const image = mixtureTarget(
    name,
    {
      ...mixture,
      means: means.map((value, at) => (value - common[at % width]) / scale),
      variances: Float64Array.from(variances, (value) => value / scale ** 2),
    },
    copies,
  );
  const rest = shift.map((value, at) => (value - common[at % width]) / scale);
  return rest.some((value) => value !== 0) ? mapped(image, { shift: rest, scale: 1 }) : image;
}
