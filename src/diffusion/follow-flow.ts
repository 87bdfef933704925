import {
  requireFloats,
  requireInteger,
  requireMethods,
  requireNumber,
  requireNumbers,
  throwIfAborted,
} from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import type { Denoiser } from "./denoiser.js";
import type { Tolerance } from "./dormand-prince.js";
import { ProbabilityFlow } from "./probability-flow.js";
import { type NoiseSchedule, requireSchedule } from "./schedule.js";

/** Errors of a step that are tolerated where a person says nothing. */
export const defaultTolerance: Tolerance = { relative: 1e-5, absolute: 1e-5 };

/** What follows the probability flow, and where. */
export interface FlowOptions {
  readonly denoiser: Denoiser;
  readonly schedule: NoiseSchedule;
  /** float32 [count, dimension] at the time `from`, variance preserving as in `sample`. */
  readonly states: Float32Array;
  /** Times of the schedule: tMax to tMin samples, tMin to tMax inverts. */
  readonly from: number;
  readonly to: number;
  /** Of each step; no smaller than float32 denoisers are exact. Default: 1e-5 each. */
  readonly tolerance?: Tolerance | undefined;
  /** Checked before each state. */
  readonly signal?: AbortSignal | undefined;
}

const flowKeys = keysOf<FlowOptions>({
  denoiser: true,
  schedule: true,
  states: true,
  from: true,
  to: true,
  tolerance: true,
  signal: true,
});

/**
 * Where the probability flow leads states to, float32 [count, dimension], each with steps of its own: Runge-Kutta of orders 5 and 4 (Dormand and Prince) in
 * log snr, in float64 but for the denoiser. A state's way does not depend on the others.
 * @throws ArgumentError, ArgumentTypeError; FedscoreError FEDSCORE_NON_FINITE where no step keeps the tolerance.
 */
export function followFlow(engine: Engine, options: FlowOptions): Float32Array<ArrayBuffer> {
  const {
    denoiser,
    schedule,
    states,
    from,
    to,
    tolerance = defaultTolerance,
    signal,
  } = requireOptions("options", options, flowKeys);
  requireMethods("denoiser", denoiser, ["open"]);
  const d = requireInteger("denoiser.dimension", denoiser.dimension, 1);
  requireFloats("states", states);
  requireNumbers("states", states);
  const count = requireInteger("states.length / denoiser.dimension", states.length / d, 1);
  const ends = [logSnrAt("from", schedule, from), logSnrAt("to", schedule, to)] as const;
  const reached = new Float32Array(states.length);
  requireEngine(engine).arena.scope(() => {
    const session = requireMethods("denoiser.open()", denoiser.open(engine, 1), ["denoise"]);
    const flow = new ProbabilityFlow(engine, session, schedule, d, 1);
    for (let row = 0; row < count; row++) {
      throwIfAborted(signal);
      session.begin?.(row);
      const x = Float64Array.from(states.subarray(row * d, (row + 1) * d));
      flow.move(x, ends, tolerance);
      reached.set(x, row * d);
    }
  });
  return reached;
}

/** Log snr at one of the schedule's times. */
export function logSnrAt(argument: string, schedule: NoiseSchedule, t: number): number {
  const { tMin, tMax } = requireSchedule(schedule);
  return schedule.logSnr(
    requireNumber(argument, t, `must lie in [${tMin}, ${tMax}]`, (time) => time >= tMin && time <= tMax),
  );
}
