import type { TimeGrid } from "../../src/diffusion/grid.js";
import type { Engine } from "../../src/kernels/index.js";
import { gaussianSteps } from "../../src/theory/interval/gaussian-steps.js";
import { type KlInterval, type KlIntervalOptions, klInterval } from "../../src/theory/interval/kl-interval.js";
import type { IntervalProblem } from "../../src/theory/interval/row-weights.js";
import { rowWeigher } from "../../src/theory/interval/weigh-rows.js";

/** The interval of a problem that need not be plain data, in this thread. */
export function intervalHere(
  engine: Engine,
  problem: IntervalProblem,
  options: KlIntervalOptions,
): Promise<KlInterval> {
  const weigh = rowWeigher(problem);
  return klInterval(problem, async (rows) => weigh(engine, rows), options);
}

/**
 * B_1 less the initialization for N(0, variance I), the exact denoiser and the forward chain, in closed form, per dimension:
 * sum_k 1/2 (log(S / s^2) - 1 + s^2 / S + E|m - mu|^2 / S) - 1/2 of the integral of mmse.
 */
export function gaussianChainKl(
  { sampler, schedule, grid }: Pick<IntervalProblem, "sampler" | "schedule"> & { readonly grid: TimeGrid },
  variance: number,
): number {
  let sum = 0;
  for (const { from, to, x, denoised, deviation } of gaussianSteps(sampler, schedule, grid, 1)) {
    const [before, after] = [Math.exp(from.logSnr), Math.exp(to.logSnr)];
    const r = before / after;
    const bridge = to.sigma ** 2 * -Math.expm1(from.logSnr - to.logSnr);
    const own = deviation ** 2;
    const marginal = from.alpha ** 2 * variance + from.sigma ** 2;
    // m - mu = u X_t + v X_0, with the denoiser g X_t.
    const u = (to.alpha / from.alpha) * r - x - (denoised * from.alpha * variance) / marginal;
    const v = to.alpha * (1 - r);
    const gap = u * u * marginal + 2 * u * v * from.alpha * variance + v * v * variance;
    const information = 0.5 * (Math.log1p(after * variance) - Math.log1p(before * variance));
    sum += 0.5 * (Math.log(own / bridge) - 1 + bridge / own + gap / own) - information;
  }
  return sum;
}
