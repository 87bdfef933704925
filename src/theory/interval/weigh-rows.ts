import { levelsOf } from "../../diffusion/grid.js";
import { sample } from "../../diffusion/sample.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import { FedscoreError } from "../../errors.js";
import { type Engine, fillNormal, normals, Purpose, uniforms } from "../../kernels/index.js";
import { gaussianSteps } from "./gaussian-steps.js";
import { joinedRows } from "./joined-rows.js";
import { logWeights, type PathBatch, type WeightedSteps } from "./log-weights.js";
import { meanErrors } from "./mean-errors.js";
import { proposals } from "./proposals/index.js";
import type { IntervalProblem, RowRequest, RowWeights } from "./row-weights.js";

/** Streams of random numbers of the two kinds of rows. */
const streams = { law: 0, sampler: 1 } as const;
const kinds = Object.keys(streams).length;

/** Numbers of path states that are in memory at once, and of the own paths of the sampler's rows. */
const mostStates = 2 ** 18;
const mostOwnStates = 2 ** 23;

/** Weighs rows: a function of the problem and the request alone. The errors that proposals look at are found once. */
export function rowWeigher(problem: IntervalProblem): (engine: Engine, request: RowRequest) => RowWeights {
  const { schedule, grid, sampler, target } = problem;
  const steps = gaussianSteps(sampler, schedule, grid, target.dimension);
  let errors: Float64Array | undefined;
  return (engine, request) => {
    errors ??= meanErrors(engine, problem, steps);
    const found = errors;
    const { tilt, resamples } = proposals[request.proposal];
    const tilts = steps.map((step, k) => tilt(step, found[k]));
    const aim = resamples ? problem.target.marginalLogDensity : undefined;
    return weighRows(engine, problem, { steps, tilts, aim }, request);
  };
}

function weighRows(
  engine: Engine,
  problem: IntervalProblem,
  walk: Pick<WeightedSteps, "steps" | "tilts" | "aim">,
  request: RowRequest,
): RowWeights {
  const { denoiser, seed } = problem;
  const { dimension } = denoiser;
  const { count, paths } = request;
  const run = { ...walk, engine, denoiser, seed };
  const fit = Math.floor(Math.min(mostStates / (paths * dimension), mostOwnStates / (walk.steps.length * dimension)));
  const most = Math.max(1, fit);
  const parts: RowWeights[] = [];
  for (let start = 0; start < count; start += most) {
    const part = {
      ...request,
      first: request.first + start,
      count: Math.min(most, count - start),
      cells: request.cells?.subarray(start, start + most),
    };
    parts.push(weighPart(run, problem, part));
  }
  return joinedRows(parts);
}

function weighPart(run: WeightedSteps, problem: IntervalProblem, request: RowRequest): RowWeights {
  const { engine } = run;
  const { target, schedule, grid, seed } = problem;
  const { of, first, count, paths, draw = 0 } = request;
  const level = levelsOf(schedule, grid)[grid.times.length - 1];
  const { factors, ...drawn } =
    of === "law" ? lawRows(engine, problem, request, level) : ownRows(run, problem, request);
  const batch: PathBatch = { ...drawn, paths, first, stream: streams[of] + kinds * draw };
  const { estimate, conditional: exchanged, spread, noise } = logWeights(run, batch);
  const densities = target.marginalLogDensity(engine, batch.ends, level);
  const u = densities.map((density, row) => density - estimate[row]);
  const conditional = densities.map((density, row) => density - exchanged[row]);
  requireFinite(of, first, u, conditional);
  return {
    u,
    conditional,
    logDensity: densities,
    square: squaresOf(batch.ends, target.dimension),
    factors: factors ?? new Float64Array(count).fill(1),
    coins: Float64Array.from(
      uniforms(engine, count, { seed, purpose: Purpose.certificateTime, client: streams[of] }, first),
    ),
    spread,
    noise,
    reach: batch.ends.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

interface Drawn extends Pick<PathBatch, "ends" | "own"> {
  readonly factors?: Float64Array | undefined;
}

/** Rows of q_delta. */
function lawRows(
  engine: Engine,
  { target, grid, seed }: IntervalProblem,
  { first, count, cells }: RowRequest,
  level: NoiseLevel,
): Drawn {
  const { points, factors } =
    cells && target.cells
      ? target.cells.draw(engine, cells, seed, first)
      : { points: target.sample(engine, count, seed, first).points, factors: undefined };
  const { length } = points;
  const key = { seed, purpose: Purpose.certificateNoise, step: grid.times.length, client: streams.law };
  const ends = engine.arena.scope(() => {
    const [clean, noise, out] = [engine.arena.copyIn(points), engine.arena.floats(length), engine.arena.floats(length)];
    fillNormal(engine, noise.pointer, length, key, first * target.dimension);
    engine.kernels.linearCombination(clean.pointer, level.alpha, noise.pointer, level.sigma, length, out.pointer);
    return out.array.slice();
  });
  return { ends, factors };
}

/** Rows of the sampler, with the states it came by. */
function ownRows({ engine, denoiser }: WeightedSteps, problem: IntervalProblem, { first, count }: RowRequest): Drawn {
  const { schedule, grid, sampler, seed } = problem;
  const { dimension } = denoiser;
  const prior = { seed, purpose: Purpose.prior } as const;
  const own: Float32Array[] = [normals(engine, count * dimension, prior, first * dimension)];
  const onStep = ({ x }: { readonly x: Float32Array }) => void own.push(x);
  const ends = sample(engine, { denoiser, schedule, grid, sampler, seed, count, firstSample: first, onStep });
  return { ends, own: own.slice(0, -1) };
}

function squaresOf(rows: Float32Array, dimension: number): Float64Array {
  const squares = new Float64Array(rows.length / dimension);
  rows.forEach((value, at) => {
    squares[Math.floor(at / dimension)] += value * value;
  });
  return squares;
}

function requireFinite(of: RowRequest["of"], first: number, u: Float64Array, conditional: Float64Array): void {
  const bad = u.findIndex((value, row) => !Number.isFinite(value + conditional[row]));
  if (bad < 0) return;
  const row = first + bad;
  const message = `the log weight of row ${row} of the ${of} is not finite: its paths leave the range of float32`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { row });
}
