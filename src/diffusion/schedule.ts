import {
  ArgumentError,
  requireFunction,
  requireLength,
  requireMethods,
  requireNumber,
  requireNumbers,
  requireObject,
  requireText,
} from "../errors.js";
import type { ScheduleCode } from "../kernels/index.js";

/** One point of the forward process X_t = alpha X_0 + sigma Z. All float64. */
export interface NoiseLevel {
  /** Time in the schedule's own clock. */
  readonly t: number;
  readonly alpha: number;
  readonly sigma: number;
  /** log(alpha^2 / sigma^2), decreasing in t. */
  readonly logSnr: number;
  /** E|X_0 - x0hat(X_t)|^2 / d of the denoiser in use, where a step starts whose grid says so; see TimeGrid. */
  readonly error?: number | undefined;
  /** The same of each coordinate, float64 [d], where the grid has them; `error` is their mean. */
  readonly errors?: Float64Array | undefined;
}

/**
 * A forward process dX = -beta(t)/2 X dt + sqrt(beta(t)) dB (variance preserving: alpha^2 + sigma^2 = 1).
 * `t` runs from tMin (nearly clean) to tMax (nearly pure noise). Processes of another scale are `scale` times one of these.
 */
export interface NoiseSchedule {
  readonly name: string;
  readonly tMin: number;
  readonly tMax: number;
  /** The same formula in assembly/schedule.ts and its parameters; absent for a schedule of the user's own. */
  readonly kernel?: { readonly code: ScheduleCode; readonly parameters: readonly [number, number] };
  /** log(alpha^2 / sigma^2) at time t: falls with t. */
  logSnr(t: number): number;
  /** Inverse of logSnr. */
  time(logSnr: number): number;
  /** g(t)^2 of the variance preserving SDE: beta(t), 2 for the OU clock. */
  beta(t: number): number;
  /** sqrt(alpha^2 + sigma^2) in the process's own scale, by which its states are larger than those here. Absent: 1. */
  scale?(t: number): number;
}

/** Up to here snr, alpha^2 and sigma^2 are normal float64 numbers, which e^710 and e^-709 are not. */
export const largestLogSnr = 700;

/** Throws unless value is a schedule whose noise levels float64 holds at both ends. */
export function requireSchedule(schedule: NoiseSchedule): NoiseSchedule {
  requireMethods("schedule", schedule, ["logSnr", "time", "beta"]);
  if (schedule.scale !== undefined) requireFunction("schedule.scale", schedule.scale);
  requireText("schedule.name", schedule.name);
  requireNumber("schedule.tMin", schedule.tMin);
  requireNumber("schedule.tMax", schedule.tMax);
  if (schedule.kernel !== undefined) {
    const { code, parameters } = requireObject("schedule.kernel", schedule.kernel);
    requireNumber("schedule.kernel.code", code);
    requireNumbers("schedule.kernel.parameters", parameters);
    requireLength("schedule.kernel.parameters", parameters, 2);
  }
  requireEnds(schedule);
  return schedule;
}

function requireEnds(schedule: NoiseSchedule): void {
  const { tMin, tMax } = schedule;
  if (!(tMin < tMax)) throw new ArgumentError("schedule.tMin", `must be below tMax = ${tMax}`, tMin);
  const [clean, noisy] = [schedule.logSnr(tMin), schedule.logSnr(tMax)];
  const rule = (t: string) => `must give a log snr in [-${largestLogSnr}, ${largestLogSnr}] at ${t}`;
  const holds = (logSnr: number) => Math.abs(logSnr) <= largestLogSnr;
  if (!holds(clean)) throw new ArgumentError("schedule.logSnr", rule(`tMin = ${tMin}`), clean);
  if (!holds(noisy)) throw new ArgumentError("schedule.logSnr", rule(`tMax = ${tMax}`), noisy);
  if (!(noisy < clean))
    throw new ArgumentError("schedule.logSnr", `must be below its value ${clean} at tMin where t is tMax`, noisy);
}

/**
 * alpha^2 = sigmoid(logSnr), sigma^2 = sigmoid(-logSnr), each without cancellation.
 * @throws ArgumentError where the schedule's log snr at t is not finite.
 */
export function levelAt(schedule: NoiseSchedule, t: number): NoiseLevel {
  requireMethods("schedule", schedule, ["logSnr"]);
  requireNumber("t", t);
  return levelWith(requireNumber(`schedule.logSnr(${t})`, schedule.logSnr(t)), t);
}

/** The variance preserving level with that log snr; `t` is only carried along. */
export function levelOfLogSnr(logSnr: number, t: number): NoiseLevel {
  return levelWith(requireNumber("logSnr", logSnr), requireNumber("t", t));
}

/** The same, unchecked: for each step of many paths, and where no time is known. */
export function levelWith(logSnr: number, t: number): NoiseLevel {
  return { t, logSnr, alpha: 1 / Math.sqrt(1 + Math.exp(-logSnr)), sigma: 1 / Math.sqrt(1 + Math.exp(logSnr)) };
}

/**
 * alpha and sigma at t in the schedule's own scale: (1, t) for `edm`, (1 - t, t) for `linear-interpolation`. States of that scale are `scale`
 * times those of samplers and denoisers, for which alpha^2 + sigma^2 = 1.
 * @throws ArgumentError where the schedule's log snr or scale at t is not finite.
 */
export function ownLevelAt(
  schedule: NoiseSchedule,
  t: number,
): { readonly alpha: number; readonly sigma: number; readonly scale: number } {
  const { alpha, sigma } = levelAt(schedule, t);
  const scale = scaleAt(schedule, t);
  return { alpha: scale * alpha, sigma: scale * sigma, scale };
}

/** By how much states of the process's own scale at t are larger than variance preserving ones. Throws ArgumentError unless that is finite and > 0. */
export function scaleAt(schedule: NoiseSchedule, t: number): number {
  if (schedule.scale === undefined) return 1;
  return requireNumber(`schedule.scale(${t})`, schedule.scale(t), "must be > 0", (value) => value > 0);
}

/** beta of the variance preserving process whose log snr falls that fast: the fall times sigma^2. */
export function betaOf(logSnr: number, fall: number): number {
  return fall / (1 + Math.exp(logSnr));
}

/** The scale of a process with alpha = 1: sqrt(1 + 1 / snr). */
export function unitAlphaScale(logSnr: number): number {
  return Math.sqrt(1 + Math.exp(-logSnr));
}

/** alpha^2 / sigma^2. */
export function snrOf(level: NoiseLevel): number {
  const { logSnr } = requireObject("level", level);
  requireNumber("level.logSnr", logSnr, `must be at most ${largestLogSnr}`, (value) => value <= largestLogSnr);
  return Math.exp(logSnr);
}
