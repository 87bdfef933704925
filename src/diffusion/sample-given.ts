import {
  ArgumentError,
  requireFloats,
  requireInteger,
  requireLength,
  requireMethods,
  requireNumber,
  requireTyped,
  throwIfAborted,
} from "../errors.js";
import {
  type Engine,
  fillNormal,
  fillUniform,
  Purpose,
  portableMath,
  requireEngine,
  streamLength,
  streamWords,
} from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { levelsOf, requireGrid, validateGrid } from "./grid.js";
import { ParticleTile } from "./particle-tile.js";
import { defaultTile, mostSampledNumbers, moveState, nonFinite, type SampleOptions, stepsOf } from "./sample.js";
import { analytic } from "./samplers/analytic.js";
import { ancestral } from "./samplers/ancestral.js";

/** Most particles of a row. */
export const mostParticles = 1000;

/** What is given, and how the rest is to be drawn; see `sampleGiven`. */
export interface SampleGivenOptions
  extends Pick<SampleOptions, "denoiser" | "schedule" | "grid" | "seed" | "denoiseLast" | "signal"> {
  /** float32 [rows, dimension]; only the given coordinates are looked at. */
  readonly points: Float32Array;
  /** [rows, dimension], 1 where the coordinate is given, 0 where it is to be drawn. */
  readonly given: Uint8Array;
  /** Particles of a row, in [1, 1000]: one is replacement alone, with more the law of what is drawn tends to the conditional one. */
  readonly particles: number;
  /** Number of the first row in the run of that seed: a run may be cut between workers anywhere. Default 0. */
  readonly firstRow?: number | undefined;
}

const givenKeys = keysOf<SampleGivenOptions>({
  denoiser: true,
  schedule: true,
  grid: true,
  points: true,
  given: true,
  particles: true,
  seed: true,
  firstRow: true,
  denoiseLast: true,
  signal: true,
});

/**
 * Draws the coordinates of rows that are not given, from the law of the reverse process given the others, float32 [rows, dimension]; given ones come back as they are.
 *
 * SMCDiff (Trippe et al., arXiv 2206.04119, algorithm 2): the given coordinates y of a row follow one path of the forward process back to y, x_s given x_t and y, which is the step of
 * `ancestral` with y in place of its denoised coordinates. All particles of the row share that path; the other coordinates of each take the step of `ancestral`, or of
 * `analytic` where the grid has the denoiser's errors; and each is weighed by the density that its own step gives to where the path went. Particles are resampled where fewer than half of them count. With exact
 * denoiser, steps that become short and particles that become many, the law is the conditional one, whatever its modes.
 *
 * One particle alone is replacement (RePaint, Lugmayr et al., arXiv 2201.09865, without its resampling): what is drawn depends on the given coordinates only as far as noise lets them be seen.
 *
 * Row i of a seed is the same to the bit whatever rows are drawn beside it, if the denoiser treats rows independently. `denoiser.begin` is told the number of
 * the first particle: row i has the numbers i * particles and following.
 * @throws ArgumentError naming the option; FedscoreError FEDSCORE_NON_FINITE naming particle and step, FEDSCORE_ABORTED.
 */
export function sampleGiven(engine: Engine, options: SampleGivenOptions): Float32Array<ArrayBuffer> {
  const {
    denoiser,
    schedule,
    grid,
    points,
    given,
    particles,
    seed,
    firstRow = 0,
    denoiseLast,
    signal,
  } = requireOptions("options", options, givenKeys);
  const d = requireInteger("denoiser.dimension", requireMethods("denoiser", denoiser, ["open"]).dimension, 1);
  validateGrid("grid", requireGrid(grid).times, schedule);
  requireInteger("particles", particles, 1, mostParticles);
  const rows = requireGiven(points, given, d);
  const most = Math.floor(Math.min(mostSampledNumbers, streamLength) / (d * particles));
  requireInteger("firstRow", firstRow, 0, Math.floor(streamLength / (d * particles)) - rows);
  if (rows > most) throw new ArgumentError("points", `must have at most ${most} rows of ${particles} particles`, rows);
  const levels = levelsOf(schedule, grid, d);
  const reverse = levels.slice(0, -1).every(({ error }) => error !== undefined) ? analytic : ancestral;
  const bridges = stepsOf(levels, ancestral, schedule, false).flat();
  const steps = stepsOf(levels, reverse, schedule, false).flat();
  const [first, last] = [levels[0], levels[levels.length - 1]];
  const { arena } = requireEngine(engine);
  const math = portableMath(engine);
  const drawn = new Float32Array(rows * d);

  arena.scope(() => {
    const tileRows = Math.min(rows, Math.max(1, Math.floor(defaultTile(d) / particles)));
    const size = tileRows * particles;
    const x = arena.floats(size * d);
    const denoised = arena.floats(size * d);
    const luck = arena.floats(tileRows);
    const session = requireMethods("denoiser.open()", denoiser.open(engine, size), ["denoise"]);
    for (let row = 0; row < rows; row += tileRows) {
      const end = Math.min(rows, row + tileRows);
      const tile = new ParticleTile(points.subarray(row * d, end * d), given.subarray(row * d, end * d), d, particles);
      const count = (end - row) * particles;
      const element = (firstRow + row) * particles * d;
      const luckOf = (step: number) => {
        const key = { seed, purpose: Purpose.particles, step };
        fillUniform(engine, luck.pointer, end - row, key, firstRow + row);
        return luck.array;
      };
      session.begin?.((firstRow + row) * particles);
      fillNormal(engine, x.pointer, count * d, { seed, purpose: Purpose.prior }, element);
      tile.begin(x.array, first);
      for (const [k, { from, coefficients: c }] of steps.entries()) {
        throwIfAborted(signal);
        session.denoise(x.pointer, count, from, denoised.pointer);
        tile.pin(x.array, denoised.array);
        const noise = streamWords({ seed, purpose: Purpose.samplerNoise, step: k });
        const bad = moveState(
          engine,
          x.pointer,
          denoised.pointer,
          count * d,
          [c.x, c.denoised, c.noise],
          noise,
          element,
        );
        if (bad >= 0) throw nonFinite(Math.floor((element + bad) / d), k, steps.length, from.t);
        tile.weigh(x.array, c, bridges[k].coefficients.noise / c.noise);
        if (k < steps.length - 1) tile.resample(x.array, () => luckOf(k), math);
      }
      if (denoiseLast) session.denoise(x.pointer, count, last, denoised.pointer);
      const states = (denoiseLast ? denoised : x).array;
      drawn.set(tile.chosen(states, luckOf(steps.length), math), row * d);
    }
  });
  return drawn;
}

/** @returns how many rows there are. @throws ArgumentError or ArgumentTypeError where points or given are not [rows, dimension], or a given coordinate is not finite. */
export function requireGiven(points: Float32Array, given: Uint8Array, dimension: number): number {
  requireFloats("points", points);
  const rows = points.length / dimension;
  if (!Number.isInteger(rows) || rows === 0)
    throw new ArgumentError("points", `must have rows of ${dimension} numbers`, points.length);
  requireTyped("given", given, Uint8Array);
  requireLength("given", given, points.length);
  const bad = given.findIndex((flag, at) => flag > 1 || (flag === 1 && !Number.isFinite(points[at])));
  if (bad < 0) return rows;
  if (given[bad] > 1) throw new ArgumentError(`given[${bad}]`, "must be 0 or 1", given[bad]);
  requireNumber(`points[${bad}]`, points[bad]);
  return rows;
}
