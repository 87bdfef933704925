import type { Engine } from "../../kernels/index.js";
import { derivedSeed } from "../certificate/seed.js";
import { rowErrors } from "../denoising-errors.js";
import type { GaussianStep } from "./gaussian-steps.js";
import type { IntervalProblem } from "./row-weights.js";

/** Rows of the law that the errors are means over, and coordinates of all of them: noise of the errors makes weights differ more. */
const mostRows = 4096;
const mostNumbers = 2 ** 18;
const leastRows = 64;

/**
 * Mean of |X_0 - E[X_0 | X_t]|^2 / d at the noisier end of each step, float64 [N], squared data units: of the law's own denoiser where it is known,
 * else of the sampler's.
 */
export function meanErrors(
  engine: Engine,
  { target, denoiser, seed }: Pick<IntervalProblem, "target" | "denoiser" | "seed">,
  steps: readonly GaussianStep[],
): Float64Array {
  const { dimension } = target;
  const count = Math.max(leastRows, Math.min(mostRows, Math.floor(mostNumbers / dimension)));
  const problem = {
    denoiser: target.denoiser ?? denoiser,
    levels: steps.map(({ from }) => from),
    commonNoise: true,
    seed,
    // Rows that no weight is taken of: the proposal must not depend on those.
    rows: () => target.sample(engine, count, derivedSeed(seed, "grid")).points,
  };
  const errors = rowErrors(engine, problem, 0, count);
  return Float64Array.from(steps, (_, step) => {
    const ofStep = errors.subarray(step * count, (step + 1) * count);
    return ofStep.reduce((sum, error) => sum + error, 0) / (count * dimension);
  });
}
