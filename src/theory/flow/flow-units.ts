import { levelsOf } from "../../diffusion/grid.js";
import { type Engine, normals, type PortableMath, Purpose, portableMath } from "../../kernels/index.js";
import type { Cells } from "../../targets/cells.js";
import type { Float64Law, LevelLaw } from "../../targets/float64-law.js";
import { type Strata, strataOf, unitPaths } from "../certificate/strata.js";
import { Flow, type FlowProblem, type InversionQuality, perfectQuality } from "./flow.js";
import { MonotoneFlow } from "./monotone-flow.js";

/** A change of variables to be certified: what all its units have in common. */
export interface FlowRunProblem extends FlowProblem {
  /** Estimated ones need the law's own denoiser and a step without correction. */
  readonly determinants: Determinants;
  readonly law: Float64Law;
  readonly cells: Cells;
  readonly seed: number;
}

/** Whether log-determinants come from matrices or from unbiased estimates. */
export type Determinants = "exact" | "estimated";

/** Units [first, first + strata.length), each of as many rows of the data law as of the sampler. */
export interface FlowUnitRequest {
  readonly first: number;
  /** The stratum of each unit. */
  readonly strata: Uint32Array;
}

/** What units found, nats. */
export interface FlowUnitCosts {
  /** Means of U = log q_delta(y) - log p_b(y) over the rows of a unit, y ~ q_delta, float64 [units]. */
  readonly ratio: Float64Array;
  /** The same of U + min(e^-U, M) - 1; of U itself where its determinants are estimated, which would make the minimum false. */
  readonly density: Float64Array;
  /**
   * 1 - 1{y comes back to z} min(1, M e^V) of each sample y = F(z), V = log q_delta(y) - log p_b(y), float64 [units, unitPaths]. None
   * where determinants are estimated: then F is a bijection.
   */
  readonly stray: Float64Array;
  /** Rows of the data law that no preimage was found for; they count 0 in the means. */
  readonly failed: number;
  /** Largest coordinate of |X_0|. */
  readonly reach: number;
  readonly quality: InversionQuality;
}

/** log M: a sample is stray where the sampler is more than M times as dense as the data law. Any M > 0 is valid. */
const logMost = 2;

/** The problem in the memory of one engine: steps, densities and scratch. */
export interface FlowRun {
  readonly flow: Flow | MonotoneFlow;
  readonly math: PortableMath;
  readonly end: LevelLaw;
  readonly alpha: number;
  readonly sigma: number;
  readonly cells: Cells;
  readonly strata: Strata;
  readonly seed: number;
}

export function openFlow(engine: Engine, problem: FlowRunProblem): FlowRun {
  const { schedule, grid, law, cells, seed } = problem;
  const levels = levelsOf(schedule, grid);
  const last = levels[levels.length - 1];
  const { alpha, sigma } = last;
  const flow = problem.determinants === "exact" ? new Flow(engine, problem) : new MonotoneFlow(engine, problem);
  return {
    flow,
    math: portableMath(engine),
    end: law.at(engine, last),
    alpha,
    sigma,
    cells,
    strata: strataOf(cells),
    seed,
  };
}

/** Runs units: a function of the problem and the request alone. */
export function runFlowUnits(engine: Engine, run: FlowRun, request: FlowUnitRequest): FlowUnitCosts {
  const units = request.strata.length;
  const quality = perfectQuality();
  const data = invertRows(engine, run, request, quality);
  const { flow } = run;
  if (flow instanceof MonotoneFlow) return { ...data, stray: new Float64Array(0), quality };
  const stray = new Float64Array(units * unitPaths);
  const z = latents(engine, run, request);
  const d = flow.dimension;
  for (let row = 0; row < stray.length; row++) {
    stray[row] = strayOf(run, flow, Float64Array.from(z.subarray(row * d, (row + 1) * d)), quality);
  }
  return { ...data, stray, quality };
}

/** Rows y = alpha X_0 + sigma z of the data law at delta, inverted. */
function invertRows(engine: Engine, run: FlowRun, request: FlowUnitRequest, quality: InversionQuality) {
  const { flow, math, end, alpha, sigma, cells, strata, seed } = run;
  const { strata: stratumOf, first } = request;
  const d = flow.dimension;
  const rows = stratumOf.length * unitPaths;
  const numbers = new Uint32Array(rows);
  const factors = new Float64Array(rows);
  stratumOf.forEach((stratum, unit) => {
    const slots = strata.slotsOf(stratum);
    numbers.set(slots.cells, unit * unitPaths);
    factors.set(slots.factors, unit * unitPaths);
  });
  const drawn = cells.draw(engine, numbers, seed, first * unitPaths);
  const noiseKey = { seed, purpose: Purpose.certificateNoise, client: 6 } as const;
  const noise = normals(engine, rows * d, noiseKey, first * unitPaths * d);
  const ratio = new Float64Array(stratumOf.length);
  const density = new Float64Array(stratumOf.length);
  const y = new Float64Array(d);
  let failed = 0;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < d; j++) y[j] = alpha * drawn.points[row * d + j] + sigma * noise[row * d + j];
    const logDensity = inverse(flow, y, quality, first * unitPaths + row);
    if (logDensity === undefined) {
      failed++;
      continue;
    }
    const u = end.logDensity(y) - logDensity;
    const share = (factors[row] * (drawn.factors?.[row] ?? 1)) / unitPaths;
    const unit = Math.floor(row / unitPaths);
    ratio[unit] += share * u;
    density[unit] += share * (flow instanceof MonotoneFlow ? u : u + math.exp(Math.min(-u, logMost)) - 1);
  }
  const reach = drawn.points.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { ratio, density, failed, reach };
}

function inverse(flow: Flow | MonotoneFlow, y: Float64Array, quality: InversionQuality, row: number) {
  return flow instanceof MonotoneFlow ? flow.inverse(y, quality, row) : flow.inverse(y, quality);
}

/** z of the samples. */
function latents(engine: Engine, { flow, seed }: FlowRun, { first, strata }: FlowUnitRequest): Float32Array {
  const length = unitPaths * flow.dimension;
  const key = { seed, purpose: Purpose.certificateNoise, client: 7 } as const;
  return normals(engine, strata.length * length, key, first * length);
}

/** How far a sample is from where the data law is, in [0, 1]. */
function strayOf({ end, math }: FlowRun, flow: Flow, z: Float64Array, quality: InversionQuality): number {
  const logDensity = flow.forward(z);
  if (logDensity === undefined) return 1;
  const y = flow.point.slice();
  const v = end.logDensity(y) - logDensity;
  // Where the data law is next to nothing, the branch no longer matters.
  if (!(v > -40)) return 1;
  if (!flow.returns(y, z, logDensity, quality)) return 1;
  return -math.expm1(Math.min(0, v + logMost));
}
