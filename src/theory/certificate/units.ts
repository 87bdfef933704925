import type { NoiseLevel } from "../../diffusion/schedule.js";
import { FedscoreError } from "../../errors.js";
import { atFloat32, type Engine, fillNormal, Purpose, uniforms } from "../../kernels/index.js";
import { openRun, type PathProblem, type Run } from "./open-run.js";
import type { PathBlock, PathStep } from "./path-cost.js";
import { unitPaths } from "./strata.js";

/** The steps that a unit of paths meets. */
export interface StepVisits {
  /**
   * 1: the exact denoiser is met at every step. Above: a unit meets it at every `stride`-th step from a random one on, or at none, and each visit
   * counts `stride` times, for the split of the total alone; the total itself comes from `stepWithoutExact`.
   */
  readonly stride: number;
  /** Of a stride above 1: the total comes from every `thinning`-th step from a random one on, each of which counts `thinning` times. */
  readonly thinning: number;
}

export const everyStep: StepVisits = { stride: 1, thinning: 1 };

/** Units of forward paths to run, in this order. */
export interface UnitRequest extends StepVisits {
  /** Identity of the first unit: its random numbers, and those of the units behind it, depend on nothing else. */
  readonly first: number;
  /** The stratum of each unit, [units]. */
  readonly strata: Uint32Array;
  /** What a unit counts in the sums over units, [units]. */
  readonly shares: Float64Array;
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
  for (let unit = 0; unit < units; unit++) requireFinite(costs, request.first + unit, unit);
  return costs;
}

function requireFinite({ total, score, discretization, initialization }: UnitCosts, unit: number, at: number): void {
  if (Number.isFinite(total[at] + score[at] + discretization[at] + initialization[at])) return;
  const message = `the certificate's path cost is not finite in unit ${unit}, ${unitPaths} paths`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { unit });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Units of a request that are in memory. */
interface Block {
  readonly request: UnitRequest;
  /** First unit of the block: its place in the request, and its number. */
  readonly start: number;
  readonly first: number;
  readonly count: number;
  /** What each row counts. */
  readonly factors: Float64Array;
}

/** Units [start, start + count) of a request. */
function runBlock(run: Run, request: UnitRequest, start: number, count: number, costs: Mutable<UnitCosts>): void {
  const factors = drawPoints(run, request, start, count, costs);
  const units: Block = { request, start, first: request.first + start, count, factors };
  if (request.stride > 1) addWithoutExact(run, units, costs);
  visitSteps(run, units, costs);
  if (run.samplesInitialization) addInitialization(run, units, costs);
}

/** The steps at which units meet the exact denoiser. */
function visitSteps(run: Run, units: Block, costs: Mutable<UnitCosts>): void {
  forEachVisit(run, units, { every: units.request.stride, client: 1 }, (block, visitors, step) => {
    run.cost.step(block, stepOf(run, visitors, units.first, step));
    addStep(block, visitors, step, units, costs);
  });
}

/** Every `every`-th step of each unit from one on that is random, with the units that are there. */
function forEachVisit(
  run: Run,
  { first, count }: Block,
  { every, client }: { readonly every: number; readonly client: number },
  visit: (block: PathBlock, visitors: readonly number[], step: number) => void,
): void {
  const { engine, levels, seed } = run;
  const steps = levels.length - 1;
  const offsets = uniforms(engine, count, { seed, purpose: Purpose.certificateTime, client }, first);
  for (let offset = 0; offset < Math.min(every, steps); offset++) {
    const visitors = numbersBelow(count).filter(
      (unit) => Math.min(every - 1, Math.floor(offsets[unit] * every)) === offset,
    );
    if (visitors.length === 0) continue;
    const block = gather(run, visitors);
    for (let step = offset; step < steps; step += every) visit(block, visitors, step);
  }
}

function addStep(
  block: PathBlock,
  visitors: readonly number[],
  step: number,
  { request: { shares, stride }, start, factors }: Block,
  costs: Mutable<UnitCosts>,
): void {
  const { total, score, discretization, mmse } = block.costs;
  visitors.forEach((visitor, at) => {
    const unit = start + visitor;
    const mean = (values: Float64Array) => unitMean(values, at, factors, visitor) * stride;
    const share = shares[unit];
    const [scoreCost, discretizationCost] = [mean(score), mean(discretization)];
    if (stride === 1) costs.total[unit] += mean(total);
    costs.score[unit] += scoreCost;
    costs.discretization[unit] += discretizationCost;
    costs.stepScore[step] += share * scoreCost;
    costs.stepDiscretization[step] += share * discretizationCost;
    costs.mmse[step] += share * mean(mmse);
  });
}

/** The whole path KL from the steps, with the densities at both ends in place of the exact denoiser in between. */
function addWithoutExact(run: Run, units: Block, costs: Mutable<UnitCosts>): void {
  const { cost, levels, dimension } = run;
  const { start, first, count, factors } = units;
  const { thinning } = units.request;
  forEachVisit(run, units, { every: thinning, client: 2 }, (block, visitors, step) => {
    cost.stepWithoutExact(block, stepOf(run, visitors, first, step));
    visitors.forEach((unit, at) => {
      costs.total[start + unit] += thinning * unitMean(block.costs.total, at, factors, unit);
    });
  });
  const [begin, end] = [levels[0], levels[levels.length - 1]];
  const ends = cost.ends(begin, end, dimension);
  const [noisy, clean] = [begin, end].map((level, at) => logDensities(run, units, level, 4 + at).logDensity);
  for (const unit of numbersBelow(count)) {
    costs.total[start + unit] += ends + unitMean(clean, unit, factors, unit) - unitMean(noisy, unit, factors, unit);
  }
}

/** log q_t(X_t) of the block's rows, each with noise of its own, and their states. */
function logDensities(run: Run, { first, count }: Block, level: NoiseLevel, client: number) {
  const { engine, dimension, target, points, scratch, seed } = run;
  if (!target.marginalLogDensity) {
    const message = `the density of ${target.name} with noise is not known`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { law: target.name });
  }
  const [noise, x] = scratch;
  const length = count * unitPaths * dimension;
  const key = { seed, purpose: Purpose.certificateNoise, client };
  fillNormal(engine, noise, length, key, first * unitPaths * dimension);
  engine.kernels.linearCombination(points, level.alpha, noise, level.sigma, length, x);
  const states = new Float32Array(engine.arena.buffer, x, length).slice();
  return { states, logDensity: target.marginalLogDensity(engine, states, level) };
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
        fillNormal(engine, atFloat32(out, at * length), units * length, key, (first + unit) * length);
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

function addInitialization(run: Run, units: Block, costs: Mutable<UnitCosts>): void {
  const { dimension, shift, levels } = run;
  const [level] = levels;
  const { states, logDensity } = logDensities(run, units, level, 3);
  const ratios = logDensity.map((value, row) => {
    let squares = dimension * Math.log(2 * Math.PI);
    for (let j = 0; j < dimension; j++) squares += (states[row * dimension + j] + level.alpha * shift[j]) ** 2;
    return value + 0.5 * squares;
  });
  const { start, count, factors } = units;
  for (const unit of numbersBelow(count)) costs.initialization[start + unit] = unitMean(ratios, unit, factors, unit);
}

function numbersBelow(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
