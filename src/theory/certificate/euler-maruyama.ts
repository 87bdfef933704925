import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { worstEulerMaruyamaDiscretization } from "../worst-case-discretization.js";
import { girsanovEnds, girsanovStep, girsanovStepWithoutExact } from "./girsanov.js";
import type { PathCost } from "./path-cost.js";

/**
 * The whole drift held for one step: 1/4 E integral of |b(Y_t) - bhat(Y_k)|^2 dt. It needs a constant diffusion coefficient: where
 * beta(t) varies, Euler-Maruyama holds it too, and the two path laws are singular.
 */
export const eulerMaruyamaCost: PathCost = {
  sampler: "euler-maruyama",
  theorem: "euler-maruyama",
  source: "Girsanov with the whole drift held (Chen et al., arXiv 2209.11215)",
  refuses: (schedule) =>
    isBetaConstant(schedule)
      ? undefined
      : `Euler-Maruyama holds beta(t) for a step, and beta of ${schedule.name} varies: the sampler's paths and the reverse process have different diffusion coefficients, so their path KL is infinite; use the OU schedule, the exponential integrator or the ancestral sampler`,
  worstDiscretization: worstEulerMaruyamaDiscretization,
  crossed: true,
  step: (block, step) => girsanovStep(block, step, { frozenState: true }),
  stepWithoutExact: (block, step) => girsanovStepWithoutExact(block, step, { frozenState: true }),
  ends: girsanovEnds,
};

/** Where beta is compared: at both ends, and evenly in log snr between them. */
const comparisons = 33;

/** Beta of no other schedule takes the same value so often. */
function isBetaConstant(schedule: NoiseSchedule): boolean {
  const { tMin, tMax } = schedule;
  const [clean, noisy] = [schedule.logSnr(tMin), schedule.logSnr(tMax)];
  const between = (k: number) => schedule.time(clean + (k / comparisons) * (noisy - clean));
  const times = [tMax, ...Array.from({ length: comparisons - 1 }, (_, k) => between(k + 1))];
  return times.every((t) => schedule.beta(t) === schedule.beta(tMin));
}
