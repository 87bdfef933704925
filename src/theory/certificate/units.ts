import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { Purpose } from "../../kernels/purpose.js";
import { fillNormal, uniforms } from "../../kernels/random.js";
import { openRun, type PathProblem, type Run } from "./open-run.js";
import type { PathBlock, PathStep } from "./path-cost.js";
import { unitPaths } from "./strata.js";

/** Units of forward paths to run, in this order. */
export interface UnitRequest {
  /** Identity of the first unit: its random numbers, and those of the units behind it, depend on nothing else. */
  readonly first: number;
  /** The stratum of each unit, [units]. */
  readonly strata: Uint32Array;
  /** What a unit counts in the sums over units, [units]. */
  readonly shares: Float64Array;
  /** A unit visits every `stride`-th step from a random one on, and each visit counts `stride` times. */
  readonly stride: number;
}

/** Costs of units, nats, float64 [units]: means over the paths of a unit, whose expectations are means over its stratum. */
export interface UnitCosts {
  readonly total: Float64Array;
  readonly score: Float64Array;
  readonly discretization: Float64Array;
  /** log q_T(X_T) - log N(X_T; 0, I) where the initialization is sampled; else 0. */
  readonly initialization: Float64Array;
  /** Sums over units, weighted with their shares, for each step, float64 [N]. */
  readonly stepScore: Float64Array;
  readonly stepDiscretization: Float64Array;
  readonly mmse: Float64Array;
  /** Largest coordinate of |X_0|. */
  readonly reach: number;
}

/** Units that are in memory at once. */
const blockUnits = 32;

/** Runs units: a function of the problem and the request alone. */
export function runPathUnits(engine: Engine, problem: PathProblem, request: UnitRequest): UnitCosts {
  const units = request.strata.length;
  const steps = problem.grid.times.length - 1;
  const costs = {
    total: new Float64Array(units),
    score: new Float64Array(units),
    discretization: new Float64Array(units),
    initialization: new Float64Array(units),
    stepScore: new Float64Array(steps),
    stepDiscretization: new Float64Array(steps),
    mmse: new Float64Array(steps),
    reach: 0,
  };
  engine.arena.scope(() => {
    const run = openRun(engine, problem, Math.min(units, blockUnits));
    for (let start = 0; start < units; start += blockUnits) {
      runBlock(run, request, start, Math.min(blockUnits, units - start), costs);
    }
  });
  return costs;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Units [start, start + count) of a request. */
function runBlock(run: Run, request: UnitRequest, start: number, count: number, costs: Mutable<UnitCosts>): void {
  const { stride } = request;
  const factors = drawPoints(run, request, start, count, costs);
  const { engine, cost, levels, seed } = run;
  const first = request.first + start;
  const offsets = uniforms(engine, count, { seed, purpose: Purpose.certificateTime, client: 1 }, first);
  for (let offset = 0; offset < stride; offset++) {
    const visitors = Array.from({ length: count }, (_, unit) => unit).filter(
      (unit) => Math.min(stride - 1, Math.floor(offsets[unit] * stride)) === offset,
    );
    if (visitors.length === 0) continue;
    const block = gather(run, visitors);
    for (let step = offset; step + 1 < levels.length; step += stride) {
      cost.step(block, stepOf(run, visitors, first, step));
      addStep(block, visitors, step, { ...request, start, factors }, costs);
    }
  }
  addInitialization(run, first, start, count, factors, costs);
}

interface Weighting extends Pick<UnitRequest, "shares" | "stride"> {
  /** The block's first unit in the request. */
  readonly start: number;
  readonly factors: Float64Array;
}

function addStep(
  block: PathBlock,
  visitors: readonly number[],
  step: number,
  { shares, stride, start, factors }: Weighting,
  costs: Mutable<UnitCosts>,
): void {
  const { total, score, discretization, mmse } = block.costs;
  visitors.forEach((visitor, at) => {
    const unit = start + visitor;
    const mean = (values: Float64Array) => unitMean(values, at, factors, visitor) * stride;
    const share = shares[unit];
    const [totalCost, scoreCost, discretizationCost] = [mean(total), mean(score), mean(discretization)];
    if (!Number.isFinite(totalCost)) {
      const message = `the certificate's path cost is not finite in step ${step}`;
      throw new FedscoreError("FEDSCORE_NON_FINITE", message, { step });
    }
    costs.total[unit] += totalCost;
    costs.score[unit] += scoreCost;
    costs.discretization[unit] += discretizationCost;
    costs.stepScore[step] += share * scoreCost;
    costs.stepDiscretization[step] += share * discretizationCost;
    costs.mmse[step] += share * mean(mmse);
  });
}

/** Mean over the paths of a unit, the `at`-th of a batch, with the factors of the `unit`-th of the block. */
function unitMean(values: Float64Array, at: number, factors: Float64Array, unit: number): number {
  let sum = 0;
  for (let path = 0; path < unitPaths; path++) {
    sum += values[at * unitPaths + path] * factors[unit * unitPaths + path];
  }
  return sum / unitPaths;
}

/** X_0 of the block's rows, in wasm memory; what each row counts. */
function drawPoints(
  { engine, dimension, cells, strata, seed, points, shift }: Run,
  request: UnitRequest,
  start: number,
  count: number,
  costs: Mutable<UnitCosts>,
): Float64Array {
  const slots = Array.from({ length: count }, (_, unit) => strata.slotsOf(request.strata[start + unit]));
  const numbers = new Uint32Array(count * unitPaths);
  const factors = new Float64Array(count * unitPaths);
  slots.forEach((unit, at) => {
    numbers.set(unit.cells, at * unitPaths);
    factors.set(unit.factors, at * unitPaths);
  });
  const drawn = cells.draw(engine, numbers, seed, (request.first + start) * unitPaths);
  new Float32Array(engine.arena.buffer, points, drawn.points.length).set(drawn.points);
  drawn.points.forEach((value, at) => {
    costs.reach = Math.max(costs.reach, Math.abs(value + shift[at % dimension]));
  });
  return drawn.factors ? factors.map((factor, row) => factor * (drawn.factors?.[row] ?? 1)) : factors;
}

/** The units that visit the same steps, their X_0 side by side. */
function gather(run: Run, visitors: readonly number[]): PathBlock {
  const length = unitPaths * run.dimension;
  const memory = new Float32Array(run.engine.arena.buffer);
  for (const [at, unit, units] of runsOf(visitors)) {
    const from = run.points / 4 + unit * length;
    memory.copyWithin(run.visiting / 4 + at * length, from, from + units * length);
  }
  return { ...run, units: visitors.length, rows: visitors.length * unitPaths, clean: run.visiting };
}

function stepOf(
  { engine, dimension, seed, levels }: Run,
  visitors: readonly number[],
  first: number,
  step: number,
): PathStep {
  const length = unitPaths * dimension;
  const last = visitors[visitors.length - 1];
  const times = uniforms(engine, last + 1, { seed, purpose: Purpose.certificateTime, step }, first);
  return {
    from: levels[step],
    to: levels[step + 1],
    times: visitors.length === times.length ? times : visitors.map((unit) => times[unit]),
    drawNoise(stream, out) {
      const key = { seed, purpose: Purpose.certificateNoise, step, client: stream };
      for (const [at, unit, units] of runsOf(visitors)) {
        fillNormal(engine, out + 4 * at * length, units * length, key, (first + unit) * length);
      }
    },
  };
}

/** Consecutive numbers of an increasing list, each run as [place in the list, first number, length]. */
function runsOf(numbers: readonly number[]): [number, number, number][] {
  const runs: [number, number, number][] = [];
  numbers.forEach((number, at) => {
    const run = runs.at(-1);
    if (run && run[1] + run[2] === number) run[2]++;
    else runs.push([at, number, 1]);
  });
  return runs;
}

function addInitialization(
  run: Run,
  first: number,
  start: number,
  count: number,
  factors: Float64Array,
  costs: Mutable<UnitCosts>,
): void {
  const { engine, dimension, target, shift, levels, points, scratch, seed } = run;
  if (!run.samplesInitialization || !target.marginalLogDensity) return;
  const [noise, x] = scratch;
  const length = count * unitPaths * dimension;
  const key = { seed, purpose: Purpose.certificateNoise, client: 3 };
  fillNormal(engine, noise, length, key, first * unitPaths * dimension);
  const [level] = levels;
  engine.kernels.linearCombination(points, level.alpha, noise, level.sigma, length, x);
  const end = new Float32Array(engine.arena.buffer, x, length).slice();
  const ratios = target.marginalLogDensity(engine, end, level);
  for (let row = 0; row < ratios.length; row++) {
    let squares = dimension * Math.log(2 * Math.PI);
    for (let j = 0; j < dimension; j++) squares += (end[row * dimension + j] + level.alpha * shift[j]) ** 2;
    ratios[row] += 0.5 * squares;
  }
  for (let unit = 0; unit < count; unit++) costs.initialization[start + unit] = unitMean(ratios, unit, factors, unit);
}
