import { FedscoreError, requireArray, requireNumber } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";
import { epsilonOf } from "./epsilon.js";
import { requireDelta, requireMechanisms, type SampledGaussian } from "./mechanism.js";

/** Steps whose noise is to be found. */
export type NoiselessSteps = Omit<SampledGaussian, "noiseMultiplier">;

/** What privacy they may spend. */
export interface PrivacyBudget {
  /** > 0. */
  readonly epsilon: number;
  /** In (0, 1). */
  readonly delta: number;
}

const stepKeys = keysOf<NoiselessSteps>({ sampleRate: true, steps: true });
const budgetKeys = keysOf<PrivacyBudget>({ epsilon: true, delta: true });

/** Points of the accountant while it searches: its epsilon is an upper bound with few of them, too. */
const points = 2 ** 13;

/** How close to the least noise the search comes, over the noise. */
const closeness = 1e-4;

/** Noise beyond which nothing is searched. */
const mostNoise = 1e6;

/**
 * The least noise multiplier, the same in all steps, with which they spend no more than a budget: by bisection, at most 1e-4 of itself too large beside the accountant's own
 * slack. 0 where nothing is released.
 * @param steps that are taken one after the other on the same units.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range; FedscoreError FEDSCORE_UNSUPPORTED where no noise up to 1e6 is enough.
 */
export function noiseFor(steps: readonly NoiselessSteps[], budget: PrivacyBudget): number {
  requireArray("steps", steps);
  for (const [index, each] of steps.entries()) requireOptions(`steps[${index}]`, each, stepKeys);
  const { epsilon, delta } = requireOptions("budget", budget, budgetKeys);
  requireNumber("budget.epsilon", epsilon, "must be finite and > 0", (value) => value > 0);
  requireDelta(delta);
  const noised = (noiseMultiplier: number) => steps.map((each) => ({ ...each, noiseMultiplier }));
  if (requireMechanisms("steps", noised(1)).length === 0) return 0;
  const isEnough = (noiseMultiplier: number) =>
    epsilonOf(noised(noiseMultiplier), delta, { points }).epsilon <= epsilon;
  let [low, high] = [0, 1];
  while (!isEnough(high)) {
    [low, high] = [high, 2 * high];
    if (high > mostNoise) throw unreachable(budget);
  }
  while (high - low > closeness * high) {
    const middle = low > 0 ? Math.sqrt(low * high) : high / 2;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function unreachable({ epsilon, delta }: PrivacyBudget): FedscoreError {
  const message = `no noise multiplier up to ${mostNoise} spends at most epsilon ${epsilon} at delta ${delta}`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { epsilon, delta });
}
