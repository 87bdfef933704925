import type { Denoiser } from "../../diffusion/denoiser.js";
import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { Purpose } from "../../kernels/purpose.js";
import { fillNormal, uniforms } from "../../kernels/random.js";
import type { Target } from "../../targets/target.js";
import type { PathBlock, PathCost } from "./path-cost.js";

/** Forward paths of a block where nothing else is asked for. */
export const defaultBlockPaths = 256;

/** What the blocks of one certificate have in common. */
export interface PathProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly cost: PathCost;
  readonly target: Target & { readonly denoiser: Denoiser };
  readonly denoiser: Denoiser;
  readonly seed: number;
  /** Forward paths of a block: the independent unit of the Monte Carlo, whatever worker runs it. Default 256. */
  readonly blockPaths?: number;
}

/** Means over the paths of one block: per path (summed over steps), and per step. Nats. */
export interface BlockMeans {
  readonly total: number;
  readonly score: number;
  readonly discretization: number;
  /** KL(q_T || N(0, I)) sampled at this block's X_T; NaN where the target has no density at T. */
  readonly initialization: number;
  /** float64 [N]. */
  readonly stepScore: Float64Array;
  readonly stepDiscretization: Float64Array;
  readonly mmse: Float64Array;
}

/** Runs blocks [first, first + count): a function of the problem and the block numbers alone. */
export function runPathBlocks(engine: Engine, problem: PathProblem, first: number, count: number): BlockMeans[] {
  const { arena } = engine;
  const { target, denoiser, blockPaths = defaultBlockPaths } = problem;
  const vectorBytes = blockPaths * target.dimension * 4;
  return arena.scope(() => {
    const buffers = {
      exact: target.denoiser.open(engine, blockPaths),
      approximate: denoiser.open(engine, blockPaths),
      clean: arena.allocate(vectorBytes),
      scratch: [0, 1, 2, 3, 4, 5].map(() => arena.allocate(vectorBytes)),
    };
    return Array.from({ length: count }, (_, i) => runBlock(engine, problem, first + i, buffers));
  });
}

interface Buffers extends Pick<PathBlock, "exact" | "approximate" | "clean"> {
  readonly scratch: readonly number[];
}

function runBlock(engine: Engine, problem: PathProblem, index: number, buffers: Buffers): BlockMeans {
  const { schedule, grid, cost, target, seed, blockPaths = defaultBlockPaths } = problem;
  const { dimension } = target;
  const levels = levelsOf(schedule, grid);
  const steps = levels.length - 1;
  const means = {
    stepScore: new Float64Array(steps),
    stepDiscretization: new Float64Array(steps),
    mmse: new Float64Array(steps),
  };
  const sums = { total: 0, score: 0, discretization: 0 };
  const block = openBlock(engine, problem, index, buffers);
  const points = target.sample(engine, blockPaths, seed, index * blockPaths).points;
  new Float32Array(engine.arena.buffer, buffers.clean, points.length).set(points);
  for (let step = 0; step < steps; step++) {
    const stepCost = cost.step(block, step, levels[step], levels[step + 1]);
    if (!Number.isFinite(stepCost.total)) {
      throw new FedscoreError(
        "FEDSCORE_NON_FINITE",
        `the certificate's path cost is not finite in block ${index}, step ${step}`,
        { block: index, step },
      );
    }
    sums.total += stepCost.total;
    sums.score += stepCost.score;
    sums.discretization += stepCost.discretization;
    means.stepScore[step] = stepCost.score;
    means.stepDiscretization[step] = stepCost.discretization;
    means.mmse[step] = stepCost.mmse;
  }
  return { ...sums, ...means, initialization: sampledInitialization(block, target, levels[0], dimension) };
}

function openBlock(engine: Engine, problem: PathProblem, index: number, buffers: Buffers): PathBlock {
  const { dimension } = problem.target;
  const { seed, blockPaths = defaultBlockPaths } = problem;
  const elements = blockPaths * dimension;
  const [s0, s1, s2, s3, s4, s5] = buffers.scratch;
  return {
    engine,
    schedule: problem.schedule,
    batch: blockPaths,
    dimension,
    clean: buffers.clean,
    exact: buffers.exact,
    approximate: buffers.approximate,
    scratch: [s0, s1, s2, s3, s4, s5],
    drawNoise: (step, stream, out) =>
      fillNormal(
        engine,
        out,
        elements,
        { seed, purpose: Purpose.certificateNoise, step, client: stream },
        index * elements,
      ),
    uniform: (step) => uniforms(engine, 1, { seed, purpose: Purpose.certificateTime, step }, index)[0],
  };
}

function sampledInitialization(
  block: PathBlock,
  target: Target,
  level: ReturnType<typeof levelsOf>[number],
  dimension: number,
): number {
  if (!target.marginalLogDensity) return Number.NaN;
  const { engine, batch, clean } = block;
  const [noise, x] = block.scratch;
  block.drawNoise(0, 0, noise);
  engine.kernels.linearCombination(clean, level.alpha, noise, level.sigma, batch * dimension, x);
  const points = new Float32Array(engine.arena.buffer, x, batch * dimension).slice();
  const logDensity = target.marginalLogDensity(engine, points, level);
  let sum = 0;
  for (let row = 0; row < batch; row++) {
    let squares = 0;
    for (let j = 0; j < dimension; j++) squares += points[row * dimension + j] ** 2;
    sum += logDensity[row] + 0.5 * squares + 0.5 * dimension * Math.log(2 * Math.PI);
  }
  return sum / batch;
}
