import { choleskyFactor, solveLower, solveLowerTransposed } from "../../data/cholesky.js";
import { type DenoiserSession, requireJvp } from "../../diffusion/denoiser.js";
import { jacobiansAt } from "../../diffusion/jacobian.js";
import type { NoiseLevel } from "../../diffusion/schedule.js";
import type { Pointer } from "../../kernels/index.js";
import { posteriorCovariance } from "../posterior-covariance.js";
import { requireCovariances, StepNoise } from "../step-noise.js";
import { type CurvedStep, curvedCodingCosts, kernelCost } from "./curved-kernel.js";
import { drawThrough, type GapPoints, innovation } from "./inside-step.js";
import { diffuse, type PathBlock, type PathCost, type PathStep, squaredNorms } from "./path-cost.js";
import { unitPaths } from "./strata.js";

/**
 * Steps around the mean of the bridge whose noise has the covariance of the bridge times any positive definite G(x_t) (docs/theory.md, 2k). With D =
 * snr_s - snr_t, e = x0hat* - x0hat, Sigma = Cov(X_0 | X_t) = (sigma^2 / alpha) J of the exact denoiser and C = I + D Sigma a step costs
 *
 *     score          D/2 E e^T G^-1 e
 *     covariance     E KL(N(0, C) || N(0, G)) = 1/2 E[log det G - log det C + tr(G^-1 C) - d]
 *     discretization 1/2 E log det C - 1/2 integral over [snr_t, snr_s] of mmse(snr) d(snr)
 *                    = 1/2 integral over [snr_t, snr_s] of E|x0lin(X_u; X_t) - x0hat*(X_u)|^2 d(snr_u),
 *
 * x0lin the best estimate of X_0 from X_u that is affine given X_t. The last form is sampled at one uniform snr of the step: no term is negative,
 * and all of it is 0 for Gaussian laws.
 */
export function curvedStep(block: PathBlock, step: PathStep, curved: CurvedStep): void {
  const { clean, rows, dimension: d, costs } = block;
  const { from, to } = step;
  const [noise, inside, start, denoised, best, between] = block.scratch;
  const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
  const levels = drawThrough(block, step, { noise, inside, between, start });
  const copy = (pointer: Pointer) => new Float32Array(block.engine.arena.buffer, pointer, rows * d).slice();
  const points = { inside: copy(inside), between: copy(between), start: copy(start) };

  const jacobians = (session: DenoiserSession, out: Pointer) => {
    const place = { x: start, rows, dimension: d, level: from, denoised: out, tangents: noise, products: inside };
    return jacobiansAt(block.engine, requireJvp(session, "a certificate of covariances"), place);
  };
  const exact = jacobians(block.exact, best);
  const own = jacobians(block.approximate, denoised);
  squaredNorms(block, costs.mmse, clean, 1, best, -1);
  const means = { best: copy(best), denoised: copy(denoised) };
  const whole = new StepNoise(d);
  for (let row = 0; row < rows; row++) {
    const part = (values: Float32Array) => values.subarray(row * d, (row + 1) * d);
    const matrix = (values: Float64Array) => values.subarray(row * d * d, (row + 1) * d * d);
    const covariance = posteriorCovariance(matrix(exact), from, d);
    const spread = identityPlus(width, covariance, d);
    whole.take(curved.curvature, matrix(own));
    const { score, mismatch } = kernelCost(
      { noise: whole, excess: curved.excess },
      choleskyFactor("I + D Sigma", spread, d),
      difference(part(means.best), part(means.denoised)),
      width,
    );
    const level = levels[Math.floor(row / unitPaths)];
    const gap = linearGap(
      covariance,
      from,
      level,
      { start: part(points.start), inside: part(points.inside), best: part(means.best) },
      part(points.between),
    );
    costs.score[row] = score;
    costs.discretization[row] = 0.5 * width * gap;
    costs.total[row] = score + mismatch + costs.discretization[row];
  }
}

/** The same but for the information gained, from X_0 in place of the exact denoiser: KL of the bridge of X_0 to the step. */
export function curvedStepWithoutExact(block: PathBlock, step: PathStep, curved: CurvedStep): void {
  const { engine, clean, rows, dimension, costs } = block;
  const { from, to } = step;
  const [noise, tangents, start, denoised, products] = block.scratch;
  step.drawNoise(0, noise);
  diffuse(block, from, noise, start);
  const session = requireJvp(block.approximate, "a certificate of covariances");
  const place = { clean, x: start, rows, dimension, level: from, denoised, tangents, products };
  costs.total.set(curvedCodingCosts(engine, session, place, to, curved));
}

/** I + factor Sigma. */
function identityPlus(factor: number, covariance: Float64Array, d: number): Float64Array {
  return covariance.map((value, at) => factor * value + (at % (d + 1) === 0 ? 1 : 0));
}

/**
 * |x0lin - x0hat*(X_u)|^2: x0lin = m + (alpha_u / sigma_u^2) Sigma (I + (snr_u - snr_t) Sigma)^-1 (X_u - E[X_u | X_t]), m = x0hat*(X_t), is the best
 * affine estimate, since X_u given X_t and X_0 is the bridge between their levels.
 */
function linearGap(
  covariance: Float64Array,
  from: NoiseLevel,
  to: NoiseLevel,
  points: GapPoints,
  exact: Float32Array,
): number {
  const d = exact.length;
  const rise = -Math.expm1(from.logSnr - to.logSnr);
  const residual = innovation(from, to, points);
  const lower = choleskyFactor("I + u Sigma", identityPlus(Math.exp(to.logSnr) * rise, covariance, d), d);
  solveLower(lower, residual);
  solveLowerTransposed(lower, residual);
  const scale = to.alpha / (to.sigma * to.sigma);
  let gap = 0;
  for (let i = 0; i < d; i++) {
    let moved = 0;
    for (let j = 0; j < d; j++) moved += covariance[i * d + j] * residual[j];
    gap += (points.best[i] + scale * moved - exact[i]) ** 2;
  }
  return gap;
}

function difference(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.from(a, (value, j) => value - b[j]);
}

/** A certificate of covariances from the coefficients of its sampler. */
export function curvedCost(
  cost: Pick<PathCost, "sampler" | "theorem" | "source">,
  curvedAt: (from: NoiseLevel, to: NoiseLevel) => CurvedStep,
): Omit<PathCost, "ends"> {
  return {
    ...cost,
    crossed: false,
    curved: curvedAt,
    // Given X_t, a Gaussian law is Gaussian: only the covariance may be wrong.
    gaussianDiscretization: () => 0,
    step(block, step) {
      requireCovariances(cost.sampler, block.dimension);
      curvedStep(block, step, curvedAt(step.from, step.to));
    },
    stepWithoutExact(block, step) {
      requireCovariances(cost.sampler, block.dimension);
      curvedStepWithoutExact(block, step, curvedAt(step.from, step.to));
    },
  };
}
