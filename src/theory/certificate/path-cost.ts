import type { DenoiserSession } from "../../diffusion/denoiser.js";
import type { TimeGrid } from "../../diffusion/grid.js";
import { ouStep } from "../../diffusion/ou-time.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseLevel, NoiseSchedule } from "../../diffusion/schedule.js";
import { atFloat32, atFloat64, type Engine, type Pointer } from "../../kernels/index.js";
import type { TheoremId } from "../registry/index.js";
import type { DataMoments } from "../worst-case-discretization.js";
import type { CurvedStep } from "./curved-kernel.js";
import { unitPaths } from "./strata.js";

/** Cost of one step for each path of a block, nats, float64 [rows], written anew by each step. Their expectations add up to the path KL. */
export interface StepCosts {
  /** The whole step; for the ancestral sampler score + discretization, for Girsanov sums including their cross term. */
  readonly total: Float64Array;
  /** What the denoiser's error at the grid point costs. */
  readonly score: Float64Array;
  /** What holding the exact denoiser for the step costs. */
  readonly discretization: Float64Array;
  /** |X_0 - E[X_0 | X_t]|^2 at the step's start, squared data units: its mean is a point of the mmse curve. */
  readonly mmse: Float64Array;
}

/** Forward paths in wasm memory, whole units of them. Vectors are float32 [rows, dimension]. */
export interface PathBlock {
  readonly engine: Engine;
  readonly rows: number;
  readonly dimension: number;
  /** X_0 - center, as all states are the true ones less alpha center. */
  readonly clean: Pointer;
  /** What the law was moved by, the same in every row; undefined: nothing. */
  readonly center: Pointer | undefined;
  /** Exact E[X_0 | X_t = x]. */
  readonly exact: DenoiserSession;
  /** The denoiser to certify. */
  readonly approximate: DenoiserSession;
  readonly scratch: readonly [Pointer, Pointer, Pointer, Pointer, Pointer, Pointer];
  /** Room for float64 [rows]. */
  readonly norms: Pointer;
  readonly units: number;
  readonly costs: StepCosts;
}

/** What differs from step to step. */
export interface PathStep {
  readonly from: NoiseLevel;
  readonly to: NoiseLevel;
  /** Uniform on (0, 1), one for each unit: the time inside this step that its paths share. */
  readonly times: ArrayLike<number>;
  /** Writes standard normals: stream 0 or 1 of this step. */
  drawNoise(stream: 0 | 1, out: Pointer): void;
}

/** The path-space KL of a sampler, one step at a time, and what is known of it beforehand. One file each, plus one line in the index. */
export interface PathCost {
  readonly sampler: SamplerName;
  readonly theorem: TheoremId;
  readonly source: string;
  /** Why this schedule has no path KL under the sampler; undefined where it has one. */
  refuses?(schedule: NoiseSchedule): string | undefined;
  /** The discretization term in closed form for a Gaussian target; `variances` are the eigenvalues of its covariance. */
  gaussianDiscretization?(schedule: NoiseSchedule, grid: TimeGrid, variances: ArrayLike<number>): number;
  /**
   * The largest discretization term over all data laws with these moments, nats: what the a-priori bound needs. Absent: costs depend on more of
   * the denoiser than its error, so there is no such bound.
   */
  worstDiscretization?(schedule: NoiseSchedule, grid: TimeGrid, moments: DataMoments): number;
  /** The covariance of a step that differs by direction: what score and discretization leave of the total is then the cost of a wrong one, a term of its own. */
  readonly curved?: ((from: NoiseLevel, to: NoiseLevel) => CurvedStep) | undefined;
  /** Whether score error and discretization add up as vectors, so that their sum has a cross term (Minkowski). */
  readonly crossed: boolean;
  /** Writes the step's costs into those of the block. */
  step(block: PathBlock, step: PathStep): void;
  /**
   * Writes into the block's total what the step costs without the exact denoiser: with E log q_delta - E log q_T and `ends`, the steps add up to
   * the path KL in expectation, step by step with more noise.
   */
  stepWithoutExact(block: PathBlock, step: PathStep): void;
  /** What is left of the entropies at the ends: a function of the two levels. */
  ends(first: NoiseLevel, last: NoiseLevel, dimension: number): number;
}

/** Writes x = alpha X_0 + sigma z. */
export function diffuse(block: PathBlock, level: NoiseLevel, noise: Pointer, out: Pointer): void {
  const { engine, clean, rows, dimension } = block;
  engine.kernels.linearCombination(clean, level.alpha, noise, level.sigma, rows * dimension, out);
}

/**
 * Writes, unit by unit at its own level inside the step, x = alpha X_0 + sigma z and the exact denoiser's output there.
 * @param levelAt the level at a time of the step.
 */
export function diffuseInside(
  block: PathBlock,
  { times }: PathStep,
  levelAt: (time: number) => NoiseLevel,
  [noise, x, denoised]: readonly [Pointer, Pointer, Pointer],
): NoiseLevel[] {
  const { engine, clean, dimension, exact } = block;
  const length = unitPaths * dimension;
  const levels: NoiseLevel[] = [];
  for (let unit = 0; unit < block.units; unit++) {
    const at = (pointer: Pointer) => atFloat32(pointer, unit * length);
    const level = levelAt(times[unit]);
    engine.kernels.linearCombination(at(clean), level.alpha, at(noise), level.sigma, length, at(x));
    exact.denoise(at(x), unitPaths, level, at(denoised));
    levels.push(level);
  }
  return levels;
}

/** Writes, unit by unit, a point of the noisier level `from` by the forward transition from points inside a step, X_t = (alpha_t / alpha_u) X_u + noise. */
export function diffuseBack(
  { engine, dimension }: PathBlock,
  levels: readonly NoiseLevel[],
  from: NoiseLevel,
  [inside, noise, start]: readonly [Pointer, Pointer, Pointer],
): void {
  const length = unitPaths * dimension;
  levels.forEach((level, unit) => {
    const elapsed = ouStep(from.logSnr, level.logSnr);
    const at = (pointer: Pointer) => atFloat32(pointer, unit * length);
    const [decay, spread] = [Math.exp(-elapsed), Math.sqrt(-Math.expm1(-2 * elapsed))];
    engine.kernels.linearCombination(at(inside), decay, at(noise), spread, length, at(start));
  });
}

type Combination = readonly [Pointer, number, Pointer, number, Pointer?, number?, Pointer?, number?];

/** |a x + b y + c u + e v|^2 of each row, into float64 [rows]. */
export function squaredNorms(block: PathBlock, out: Float64Array, ...combination: Combination): void {
  writeNorms(block, 0, block.rows, combination);
  out.set(block.engine.arena.float64(block.norms, block.rows));
}

/** The same with coefficients that differ from unit to unit. */
export function squaredNormsByUnit(
  block: PathBlock,
  out: Float64Array,
  combinationOf: (unit: number) => Combination,
): void {
  for (let unit = 0; unit < block.units; unit++) writeNorms(block, unit * unitPaths, unitPaths, combinationOf(unit));
  out.set(block.engine.arena.float64(block.norms, block.rows));
}

function writeNorms(
  { engine, dimension, norms }: PathBlock,
  first: number,
  rows: number,
  [x, a, y, b, u = x, c = 0, v = x, e = 0]: Combination,
): void {
  const at = (pointer: Pointer) => atFloat32(pointer, first * dimension);
  const out = atFloat64(norms, first);
  engine.kernels.combinationSquaredNorms(at(x), a, at(y), b, at(u), c, at(v), e, rows, dimension, out);
}
