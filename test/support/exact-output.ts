import type { Denoiser } from "../../src/diffusion/denoiser.js";
import type { NoiseLevel } from "../../src/diffusion/schedule.js";
import type { Engine } from "../../src/kernels/index.js";
import { gaussianSteps } from "../../src/theory/interval/gaussian-steps.js";
import type { IntervalProblem } from "../../src/theory/interval/row-weights.js";

/** Points of the line on which densities of one-dimensional samplers are integrated: coarse beside nothing that is smoother than a step's noise. */
const points = 901;
/** Below e^-45 of the largest, nothing is added. */
const negligible = 45;

/**
 * KL(q_delta || p_theta) of a one-dimensional sampler by quadrature on [-reach, reach], and the mass of p_theta that was found there. The density after each
 * step is the integral of the one before against the step's Gaussian; exact but for e^-(2 pi^2 s^2 / h^2), h the spacing, s the least noise of a step.
 */
export function exactOutputKl(engine: Engine, problem: IntervalProblem, reach: number): { kl: number; mass: number } {
  const { schedule, grid, sampler, target, denoiser } = problem;
  const steps = gaussianSteps(sampler, schedule, grid, 1);
  const h = (2 * reach) / (points - 1);
  const x = Float32Array.from({ length: points }, (_, i) => -reach + i * h);
  const narrowest = Math.min(...steps.map(({ deviation }) => deviation));
  if (narrowest < h) throw new Error(`a step's noise of ${narrowest} needs a finer line than ${h}`);
  let logs: Float64Array = Float64Array.from(x, (value) => -0.5 * value * value - 0.5 * Math.log(2 * Math.PI));
  for (const step of steps) {
    const guesses = denoisedAt(engine, denoiser, x, step.from);
    const centers = Float64Array.from(x, (value, i) => step.x * value + step.denoised * guesses[i]);
    logs = stepped(logs, x, centers, step.deviation, h);
  }
  const level = steps[steps.length - 1].to;
  const law = target.marginalLogDensity(engine, x, level);
  const kl = h * law.reduce((sum, value, i) => sum + (value > -700 ? Math.exp(value) * (value - logs[i]) : 0), 0);
  return { kl, mass: h * logs.reduce((sum, value) => sum + Math.exp(value), 0) };
}

function denoisedAt(engine: Engine, denoiser: Denoiser, x: Float32Array, level: NoiseLevel): Float32Array {
  return engine.arena.scope(() => {
    const [input, output] = [engine.arena.copyIn(x), engine.arena.floats(points)];
    denoiser.open(engine, points).denoise(input.pointer, points, level, output.pointer);
    return output.array.slice();
  });
}

/** log of the density after a step with these means. */
function stepped(
  logs: Float64Array,
  x: Float32Array,
  centers: Float64Array,
  deviation: number,
  h: number,
): Float64Array {
  const scale = 0.5 / (deviation * deviation);
  const constant = Math.log(h) - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
  return Float64Array.from(x, (value) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < points; i++) most = Math.max(most, logs[i] - scale * (value - centers[i]) ** 2);
    let sum = 0;
    for (let i = 0; i < points; i++) {
      const log = logs[i] - scale * (value - centers[i]) ** 2 - most;
      if (log > -negligible) sum += Math.exp(log);
    }
    return most + Math.log(sum) + constant;
  });
}
