import { noiseSlope } from "../../src/diffusion/curvature.js";
import { type Denoiser, requireJvp } from "../../src/diffusion/denoiser.js";
import type { NoiseLevel } from "../../src/diffusion/schedule.js";
import type { Engine } from "../../src/kernels/index.js";
import { gaussianSteps } from "../../src/theory/interval/gaussian-steps.js";
import type { IntervalProblem } from "../../src/theory/interval/row-weights.js";

/** Below e^-45 of the largest, nothing is added. */
const negligible = 45;

/**
 * KL(q_delta || p_theta) of a one-dimensional sampler by quadrature on [-reach, reach], and the mass of p_theta that was found there. The density after each
 * step is the integral of the one before against the step's Gaussian; exact but for e^-(2 pi^2 s^2 / h^2), h the spacing, s the least noise of a step.
 */
export function exactOutputKl(
  engine: Engine,
  problem: IntervalProblem,
  reach: number,
  points = 901,
): { kl: number; mass: number } {
  const { schedule, grid, sampler, target, denoiser } = problem;
  const steps = gaussianSteps(sampler, schedule, grid);
  const h = (2 * reach) / (points - 1);
  const x = Float32Array.from({ length: points }, (_, i) => -reach + i * h);
  const narrowest = Math.min(...steps.map(({ deviation }) => deviation));
  if (narrowest < h) throw new Error(`a step's noise of ${narrowest} needs a finer line than ${h}`);
  let logs: Float64Array = Float64Array.from(x, (value) => -0.5 * value * value - 0.5 * Math.log(2 * Math.PI));
  for (const step of steps) {
    const { guesses, slopes } = denoisedAt(engine, denoiser, x, step.from, step.curvature !== undefined);
    const centers = Float64Array.from(x, (value, i) => step.x * value + step.denoised * guesses[i]);
    const deviations = slopes.map((slope) => step.deviation * noiseSlope(step.curvature, slope));
    logs = stepped(logs, x, centers, deviations, h);
  }
  const level = steps[steps.length - 1].to;
  const law = target.marginalLogDensity(engine, x, level);
  const kl = h * law.reduce((sum, value, i) => sum + (value > -700 ? Math.exp(value) * (value - logs[i]) : 0), 0);
  return { kl, mass: h * logs.reduce((sum, value) => sum + Math.exp(value), 0) };
}

function denoisedAt(engine: Engine, denoiser: Denoiser, x: Float32Array, level: NoiseLevel, curved: boolean) {
  return engine.arena.scope(() => {
    const [input, output] = [engine.arena.copyIn(x), engine.arena.floats(x.length)];
    const points = x.length;
    const session = denoiser.open(engine, points);
    const slopes = new Float64Array(points);
    if (curved) {
      const [ones, products] = [engine.arena.copyIn(new Float32Array(points).fill(1)), engine.arena.floats(points)];
      requireJvp(session, "a test").jvp(input.pointer, ones.pointer, points, level, output.pointer, products.pointer);
      slopes.set(products.array);
    } else {
      session.denoise(input.pointer, points, level, output.pointer);
    }
    return { guesses: output.array.slice(), slopes };
  });
}

/** log of the density after a step with these means and deviations. */
function stepped(
  logs: Float64Array,
  x: Float32Array,
  centers: Float64Array,
  deviations: Float64Array,
  h: number,
): Float64Array {
  const starts = logs.map((log, i) => log - Math.log(Math.abs(deviations[i])));
  const scales = deviations.map((deviation) => 0.5 / (deviation * deviation));
  const constant = Math.log(h) - 0.5 * Math.log(2 * Math.PI);
  return Float64Array.from(x, (value) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < x.length; i++) most = Math.max(most, starts[i] - scales[i] * (value - centers[i]) ** 2);
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      const log = starts[i] - scales[i] * (value - centers[i]) ** 2 - most;
      if (log > -negligible) sum += Math.exp(log);
    }
    return most + Math.log(sum) + constant;
  });
}
