import { FedscoreError, requireInteger, requireMethods, requireObject, requireText } from "../errors.js";
import { type Fields, type Filled, filledSettings, type Given, type Problem } from "../family.js";
import type { Engine, Pointer } from "../kernels/index.js";
import type { Curvature } from "./curvature.js";
import type { DenoiserSession } from "./denoiser.js";
import { levelAt, type NoiseLevel, type NoiseSchedule } from "./schedule.js";

/**
 * x^ = x * x_t + denoised * x0hat(x_t, t) + previous * x0hat' + noise * F z, x0hat' the denoiser's output before this one, z standard normal
 * and F the curvature's matrix, I without one; then x_s = x^ + correction * (x0hat(x^, s) - x0hat(x_t, t)), with a second evaluation of the denoiser.
 */
export interface StepCoefficients {
  readonly x: number;
  /** 0, without correction and curvature: the denoiser is not evaluated. */
  readonly denoised: number;
  readonly noise: number;
  /** Absent: 0. */
  readonly previous?: number | undefined;
  /** Absent: noise is the same in all directions. */
  readonly curvature?: Curvature | undefined;
  /** Absent: x_s = x^, one evaluation. */
  readonly correction?: number | undefined;
}

/** A move of the state from one noise level to another, or within one. */
export interface StepPart {
  readonly from: NoiseLevel;
  readonly to: NoiseLevel;
  readonly coefficients: StepCoefficients;
}

/** A step of a grid: step `index` of `count`, from level to level; `before` is where the step before started. */
export interface GridStep {
  readonly from: NoiseLevel;
  readonly to: NoiseLevel;
  readonly before?: NoiseLevel | undefined;
  /** Steps of the grid. */
  readonly count: number;
}

/** Of which errors the noise of a sampler's steps is made: their mean over coordinates, or one for each coordinate. */
export type ErrorsNeeded = "mean" | "coordinates";

/** What all samplers say of themselves. */
interface Described {
  readonly name: string;
  /** Where the update comes from: paper and equation. */
  readonly source: string;
  /** p: with the exact denoiser and N equal steps of log snr, mean and variance of the output err like N^-p, its KL like N^-2p. */
  readonly order: number;
}

/** What samplers say whose steps are those of the grid. */
interface Counted extends Described {
  /** Evaluations of the denoiser in a step, perhaps by the dimension; a Jacobian-vector product counts as two. */
  readonly evaluations: number | ((dimension: number) => number);
}

/**
 * A solver of the reverse process whose step t -> s is linear in x, the denoiser's outputs and z, the last perhaps through the Jacobian, and
 * needs nothing of the steps before. One file per sampler in samplers/, plus one line in its index.
 */
export interface StepSampler extends Counted {
  /** The noise of a step follows from the denoiser's error at its start: grids must have these `errors`. */
  readonly needsErrors?: ErrorsNeeded | undefined;
  /** Those of the step from one level to the next, of less noise. */
  coefficients(from: NoiseLevel, to: NoiseLevel, schedule: NoiseSchedule): StepCoefficients;
}

/** A solver whose steps are made of several moves, or look back to the denoiser's output of the step before. */
export interface PartSampler extends Counted {
  readonly needsErrors?: undefined;
  /** The moves of a step: the first starts at `from`, the last ends at `to`. */
  parts(step: GridStep, schedule: NoiseSchedule): readonly StepPart[];
}

/** Where a flow is to be followed, for how many rows of how many coordinates at once, and what stops it. */
export interface FlowRoom {
  readonly engine: Engine;
  readonly session: DenoiserSession;
  readonly schedule: NoiseSchedule;
  readonly rows: number;
  readonly dimension: number;
  readonly signal?: AbortSignal | undefined;
}

/** Rows to be led from one time of the grid to the next. */
export interface FlowMove {
  readonly from: NoiseLevel;
  readonly to: NoiseLevel;
  /** float32 [rows, dimension]: the states, in place. */
  readonly x: Pointer;
  /** float32 [rows, dimension]: their denoised points at `to`, written. */
  readonly denoised: Pointer;
  readonly rows: number;
  /** Number of the sample that the first row is; the others follow. */
  readonly first: number;
}

/**
 * A solver of the probability flow that takes steps of its own from each time of the grid to the next, for each row whatever the others are. How often it evaluates
 * the denoiser nobody knows before; its `order` is that of its steps where each is the grid's.
 */
export interface FlowSampler extends Described {
  readonly needsErrors?: undefined;
  /** What moves rows, in an arena scope that is as long as its life. */
  open(room: FlowRoom): (move: FlowMove) => void;
}

/** A solver of the reverse process. */
export type Sampler = StepSampler | PartSampler | FlowSampler;

/** A sampler as its family lists it: with default settings it is one itself, `create` makes one with others. */
export type SamplerMember<Name extends string, F extends Fields, Made extends Sampler> = Made & {
  readonly name: Name;
  readonly kind: Name;
  readonly text: string;
  readonly fields: F;
  /** The first rule between settings that they break, each of which is in its range. */
  check?(spec: Filled<F>): Problem | undefined;
  /** The sampler with all of its settings. */
  create(spec: Filled<F>): Sampler;
};

/** A sampler without settings, whose name is a type of its own. */
export function sampler<const Name extends string>(
  definition: StepSampler & { readonly name: Name },
): SamplerMember<Name, Record<never, never>, StepSampler>;
export function sampler<const Name extends string>(
  definition: PartSampler & { readonly name: Name },
): SamplerMember<Name, Record<never, never>, PartSampler>;
export function sampler<const Name extends string>(
  definition: (StepSampler | PartSampler) & { readonly name: Name },
): SamplerMember<Name, Record<never, never>, StepSampler | PartSampler> {
  const { name, source } = definition;
  return { ...definition, kind: name, text: source, fields: {}, create: () => definition };
}

/** A sampler with settings; `create` makes what it is with all of them. */
export function settledSampler<const Name extends string, F extends Fields, S extends Sampler>(definition: {
  readonly kind: Name;
  readonly text: string;
  readonly fields: F;
  /** The first rule between settings that they break, each of which is in its range. */
  check?(spec: Filled<F>): Problem | undefined;
  /** The sampler with all of its settings. */
  create(spec: Filled<F>): S;
}): SamplerMember<Name, F, S> {
  const made = definition.create(filledSettings(definition.fields, definition.kind, {} as Given<F>));
  return { ...made, ...definition, name: definition.kind };
}

/** Throws unless value is a sampler with a name. */
export function requireSampler(sampler: Sampler): Sampler {
  requireObject("sampler", sampler);
  const method = (["parts", "open"] as const).find((name) => name in sampler) ?? "coefficients";
  requireMethods<Sampler, never>("sampler", sampler, [method as never]);
  requireText("sampler.name", sampler.name);
  return sampler;
}

/**
 * A sampler whose steps are one move each and know nothing of one another.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for others; `user` is what knows no others.
 */
export function requireStepSampler(sampler: Sampler, user: string): StepSampler {
  if ("coefficients" in sampler) return sampler;
  const { name } = sampler;
  const message = `${user} knows nothing of sampler ${name}: its steps look back, are made of several moves, or are its own`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler: name });
}

/**
 * The moves of a sampler along levels, step by step.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED for one that takes steps of its own.
 */
export function partsAlong(
  sampler: Sampler,
  levels: readonly NoiseLevel[],
  schedule: NoiseSchedule,
): (readonly StepPart[])[] {
  if (isFlowSampler(sampler)) {
    const { name } = sampler;
    const message = `sampler ${name} takes steps of its own for each row: nothing is known of them before`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { sampler: name });
  }
  const count = levels.length - 1;
  return levels.slice(1).map((to, k) => {
    const from = levels[k];
    if ("parts" in sampler) return sampler.parts({ from, to, before: levels[k - 1], count }, schedule);
    const coefficients = sampler.coefficients(from, to, schedule);
    return [{ from, to, coefficients: requireObject("sampler.coefficients()", coefficients) }];
  });
}

/** Whether a sampler takes steps of its own. */
export function isFlowSampler(sampler: Sampler): sampler is FlowSampler {
  return "open" in sampler;
}

/** Whether a move evaluates the denoiser at its start. */
export function evaluates({ denoised, correction, curvature }: StepCoefficients): boolean {
  return denoised !== 0 || correction !== undefined || curvature !== undefined;
}

/** Whether a sampler adds no noise in steps that know nothing of one another: its output is then a function of its first state. */
export function isDeterministic(sampler: Sampler, schedule: NoiseSchedule): boolean {
  if (!("coefficients" in sampler)) return false;
  const [from, to] = [schedule.tMax, schedule.tMin].map((t) => ({ ...levelAt(schedule, t), error: 0 }));
  return sampler.coefficients(from, to, schedule).noise === 0;
}

/** Evaluations of the denoiser in a step in so many dimensions. */
export function evaluationsOf({ evaluations }: StepSampler | PartSampler, dimension: number): number {
  const given = typeof evaluations === "function" ? evaluations(dimension) : evaluations;
  return requireInteger("sampler.evaluations", given, 1);
}
