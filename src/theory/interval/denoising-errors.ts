import { type Engine, fillNormal, Purpose } from "../../kernels/index.js";
import { derivedSeed } from "../certificate/seed.js";
import type { GaussianStep } from "./gaussian-steps.js";
import type { IntervalProblem } from "./row-weights.js";

/** Rows of the law that the errors are means over, and coordinates of all of them: noise of the errors makes weights differ more. */
const mostRows = 4096;
const mostNumbers = 2 ** 18;
const leastRows = 64;
/** Apart from the streams of the weights. */
const stream = 2;

/**
 * Mean of |X_0 - E[X_0 | X_t]|^2 / d at the noisier end of each step, float64 [N], squared data units: of the law's own denoiser where it is known,
 * else of the sampler's.
 */
export function denoisingErrors(
  engine: Engine,
  { target, denoiser, seed }: Pick<IntervalProblem, "target" | "denoiser" | "seed">,
  steps: readonly GaussianStep[],
): Float64Array {
  const { dimension } = target;
  const rows = Math.max(leastRows, Math.min(mostRows, Math.floor(mostNumbers / dimension)));
  const length = rows * dimension;
  return engine.arena.scope(() => {
    // Rows that no weight is taken of: the proposal must not depend on those.
    const { points } = target.sample(engine, rows, derivedSeed(seed, "grid"));
    const clean = engine.arena.copyIn(points).pointer;
    const [noise, x, denoised] = [0, 1, 2].map(() => engine.arena.floats(length));
    const session = (target.denoiser ?? denoiser).open(engine, rows);
    fillNormal(engine, noise.pointer, length, { seed, purpose: Purpose.certificateNoise, client: stream });
    return Float64Array.from(steps, ({ from }) => {
      engine.kernels.linearCombination(clean, from.alpha, noise.pointer, from.sigma, length, x.pointer);
      session.denoise(x.pointer, rows, from, denoised.pointer);
      const best = denoised.array;
      return points.reduce((sum, value, at) => sum + (value - best[at]) ** 2, 0) / length;
    });
  });
}
