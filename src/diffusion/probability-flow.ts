import type { Engine, Pointer } from "../kernels/index.js";
import { type DenoiserSession, requireJvp } from "./denoiser.js";
import { type Derivative, type Integration, integrate, type Tolerance } from "./dormand-prince.js";
import { levelWith, type NoiseLevel, type NoiseSchedule } from "./schedule.js";

/** Float32 blocks of `rows` points each that a flow needs in an engine's memory. */
interface FlowRoom {
  readonly rows: number;
  readonly x: Pointer;
  readonly denoised: Pointer;
  readonly tangents: Pointer;
  readonly products: Pointer;
}

/** Directions along which the divergence is taken, float32 [rows, d], and what the sum of their products is multiplied with: the unit vectors and 1, or probes and 1 / rows. */
export interface Directions {
  readonly values: Float32Array;
  readonly weight: number;
}

/**
 * The probability flow of a denoiser, one point at a time, in l = log snr: with alpha^2 + sigma^2 = 1 and J the Jacobian of x0hat
 *
 *     dx / dl = (alpha / 2) (x0hat(x) - alpha x),    d log p(x) / dl = -(alpha / 2) (tr J - alpha d).
 *
 * Song et al., arXiv 2011.13456, eq. 13 and 39, in which nothing is singular at either end.
 */
export class ProbabilityFlow {
  readonly #engine: Engine;
  readonly #session: DenoiserSession;
  readonly #schedule: NoiseSchedule;
  readonly #dimension: number;
  readonly #room: FlowRoom;

  /** Inside of an arena scope, for a session that takes so many rows. */
  constructor(engine: Engine, session: DenoiserSession, schedule: NoiseSchedule, dimension: number, rows: number) {
    const block = () => engine.arena.floats(rows * dimension).pointer;
    this.#engine = engine;
    this.#session = session;
    this.#schedule = schedule;
    this.#dimension = dimension;
    this.#room = { rows, x: block(), denoised: block(), tangents: block(), products: block() };
  }

  /** Moves x, float64 [d], along the flow from one log snr to another. */
  move(x: Float64Array, ends: readonly [number, number], tolerance: Tolerance): Integration {
    const derivative: Derivative = (logSnr, y, out) => {
      const level = levelOnFlow(this.#schedule, logSnr);
      this.#write(y, 1);
      this.#session.denoise(this.#room.x, 1, level, this.#room.denoised);
      this.#slope(level, y, out);
    };
    return integrate(derivative, x, ends, tolerance);
  }

  /** The same for y = (x, log p), float64 [d + 1], the trace taken along directions, of which there are as many as the room has rows. */
  moveWithDensity(
    y: Float64Array,
    ends: readonly [number, number],
    tolerance: Tolerance,
    { values, weight }: Directions,
  ): Integration {
    const session = requireJvp(this.#session, "the likelihood");
    const { rows, x, denoised, tangents, products } = this.#room;
    const d = this.#dimension;
    const view = (pointer: Pointer) => new Float32Array(this.#engine.arena.buffer, pointer, rows * d);
    const derivative: Derivative = (logSnr, point, out) => {
      const level = levelOnFlow(this.#schedule, logSnr);
      this.#write(point, rows);
      view(tangents).set(values);
      session.jvp(x, tangents, rows, level, denoised, products);
      const product = view(products);
      let trace = 0;
      for (let i = 0; i < values.length; i++) trace += values[i] * product[i];
      this.#slope(level, point, out);
      out[d] = -0.5 * level.alpha * (weight * trace - level.alpha * d);
    };
    return integrate(derivative, y, ends, tolerance);
  }

  /** The point, in each row. */
  #write(y: Float64Array, rows: number): void {
    const d = this.#dimension;
    const x = new Float32Array(this.#engine.arena.buffer, this.#room.x, rows * d);
    for (let i = 0; i < x.length; i++) x[i] = y[i % d];
  }

  #slope(level: NoiseLevel, y: Float64Array, out: Float64Array): void {
    flowSlope(level, y, new Float32Array(this.#engine.arena.buffer, this.#room.denoised, this.#dimension), out);
  }
}

/** The level at a log snr between the schedule's ends. */
export function levelOnFlow(schedule: NoiseSchedule, logSnr: number): NoiseLevel {
  return levelWith(logSnr, schedule.time(logSnr));
}

/** Writes dx / dl of each number of y that has a denoised one, times `pace`. */
export function flowSlope(
  { alpha }: NoiseLevel,
  y: Float64Array,
  denoised: Float32Array,
  out: Float64Array,
  pace = 1,
): void {
  const factor = 0.5 * alpha * pace;
  for (let i = 0; i < denoised.length; i++) out[i] = factor * (denoised[i] - alpha * y[i]);
}
