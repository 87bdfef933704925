import { createGrid, type GridSpec } from "../diffusion/grids/index.js";
import { mostSampledNumbers, type SampleOptions } from "../diffusion/sample.js";
import { createSampler, type SamplerSpec } from "../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../diffusion/schedules/index.js";
import { ArgumentError, requireFloats, requireInteger, requireObject } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import {
  type Conditioned,
  classesOfSamples,
  type Guidance,
  plainGuidance,
  requireClass,
  requireGuidance,
} from "../network/conditioned.js";
import { ScoreNetwork } from "../network/score-network.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { keysOf, requireOptions } from "../options.js";
import type { Model } from "./model.js";

/** What is to be drawn from a model, where it differs from what its run drew. */
export interface SampleChoice {
  /** Number of samples, >= 1, of at most 2^30 numbers together. Default: as many as the run drew. */
  readonly count?: number | undefined;
  /** Integer in [0, 2^53). Default: that of the run. */
  readonly seed?: number | undefined;
  /** Default: that of the run. */
  readonly sampler?: SamplerSpec | undefined;
  /** Default: that of the run. */
  readonly grid?: GridSpec | undefined;
  /** Class of all samples, of a network with classes. Default: each draws its own, as the training rows have them. */
  readonly class?: number | undefined;
  /** How the class steers samples, of a network with classes. Default: that of the run. */
  readonly guidance?: Guidance | undefined;
  /**
   * States at the grid's first time to start from in place of noise, float32 [count, network.dimension], variance preserving: lines between two of them are
   * interpolations, those of `invert` belong to points. Default: N(0, I).
   */
  readonly states?: Float32Array | undefined;
}

const choiceKeys = keysOf<SampleChoice>({
  count: true,
  seed: true,
  sampler: true,
  grid: true,
  class: true,
  guidance: true,
  states: true,
});

/** Most samples that one request draws. */
export function mostSamples({ dimension }: Pick<NetworkSpec, "dimension">): number {
  return Math.floor(mostSampledNumbers / dimension);
}

/** Samples of a network as plain data that travels to workers. */
export interface SampleRequest {
  readonly network: NetworkSpec;
  /** float32 [P]. */
  readonly parameters: Float32Array;
  readonly schedule: NoiseScheduleSpec;
  readonly grid: GridSpec;
  readonly sampler: SamplerSpec;
  readonly denoiseLast: boolean;
  readonly seed: number;
  readonly count: number;
  /** Of a network with classes. */
  readonly conditioned?: Conditioned | undefined;
  /** float32 [count, dimension]. Absent: N(0, I). */
  readonly states?: Float32Array | undefined;
}

/**
 * The samples of a model; what `choice` leaves open is as in its run.
 * @throws ArgumentError for a sampler that is none, a grid that does not fit the schedule, a count or a seed out of range.
 */
export function requestOf(model: Omit<Model, "transform">, choice: SampleChoice = {}): SampleRequest {
  const { parameters, schedule } = model;
  const network = requireObject("model.network", model.network);
  requireFloats("model.parameters", parameters, layoutOf(network).size);
  const sampling = requireObject("model.sampling", model.sampling);
  const { states } = choice;
  if (states !== undefined) requireFloats("states", states);
  const given = states && states.length / network.dimension;
  const {
    count = given ?? sampling.count,
    seed = model.seed,
    sampler = sampling.sampler,
    grid = sampling.grid,
  } = choice;
  createSampler(sampler);
  createGrid(grid, createSchedule(schedule));
  const conditioned = conditionedOf(model, choice);
  return {
    network,
    parameters,
    schedule,
    grid,
    sampler,
    denoiseLast: sampling.denoiseLast,
    seed: requireInteger("seed", seed, 0),
    count: requireInteger("count", count, 1, mostSamples(network)),
    ...(conditioned && { conditioned }),
    ...(states && { states: requireStates(states, count * network.dimension) }),
  };
}

function requireStates(states: Float32Array, length: number): Float32Array {
  requireFloats("states", states, length);
  return states;
}

function conditionedOf(model: Omit<Model, "transform">, choice: SampleChoice): Conditioned | undefined {
  const { network, classCounts, sampling } = model;
  const { classes } = network;
  if (classes === undefined) {
    const asked = (["class", "guidance"] as const).find((key) => choice[key] !== undefined);
    if (asked) throw new ArgumentError(asked, "needs a model with classes", choice[asked]);
    return undefined;
  }
  const only = choice.class === undefined ? undefined : requireClass("class", network, choice.class);
  const share = (label: number) => (only === undefined ? (classCounts?.[label] ?? 1) : Number(label === only));
  const guidance = choice.guidance ?? sampling.guidance ?? plainGuidance;
  requireGuidance("guidance", guidance);
  return { shares: Array.from({ length: classes }, (_, label) => share(label)), guidance };
}

/**
 * Classes of the samples that `sampleModel` draws for the same choice, uint32 [count]; undefined of a model without classes.
 * @throws ArgumentError as `sampleModel`.
 */
export function sampledClasses(
  engine: Engine,
  model: Omit<Model, "transform">,
  choice: SampleChoice = {},
): Uint32Array<ArrayBuffer> | undefined {
  const { conditioned, seed, count } = requestOf(
    requireObject("model", model),
    requireOptions("choice", choice, choiceKeys),
  );
  return conditioned && classesOfSamples(requireEngine(engine), conditioned, { seed, first: 0, count });
}

/** The same for samples from number `first` of them on. */
export function sampleOptionsOf(
  engine: Engine,
  { network, parameters, sampler, conditioned, ...request }: SampleRequest,
  first: number,
): SampleOptions {
  const { seed, count } = request;
  const samples = conditioned && {
    first,
    classes: classesOfSamples(engine, conditioned, { seed, first, count }),
    guidance: conditioned.guidance,
  };
  const schedule = createSchedule(request.schedule);
  return {
    denoiser: new ScoreNetwork(network, parameters, samples),
    schedule,
    grid: createGrid(request.grid, schedule),
    sampler: createSampler(sampler),
    seed: request.seed,
    count: request.count,
    denoiseLast: request.denoiseLast,
    firstSample: first,
    states: request.states,
  };
}
