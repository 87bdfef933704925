import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import { ouTime } from "../../src/diffusion/ou-time.js";
import type { NoiseLevel, NoiseSchedule } from "../../src/diffusion/schedule.js";

/** A mixture on the line; variances may be 0. */
export interface LineMixture {
  readonly means: readonly number[];
  readonly weights: readonly number[];
  readonly variances: readonly number[];
}

/** A denoiser on the line, as a function of the state and the level. */
export type LineDenoiser = (x: Float64Array, level: NoiseLevel) => ArrayLike<number>;

export type CertifiedSampler = "ancestral" | "exponential-integrator" | "euler-maruyama";

const reach = 10;

/** Of each component: points are many and alike, Gaussians few, and one may be narrow inside the other. */
const nodesOf = (components: number) => (components > 20 ? 80 : 400);

/** The law of X_t: nodes of a quadrature (trapezoidal rule in each component, which converges faster than any power), with density and denoiser. */
export function marginal(
  { means, weights, variances }: LineMixture,
  { alpha, sigma }: Pick<NoiseLevel, "alpha" | "sigma">,
) {
  const spread = variances.map((v) => alpha * alpha * v + sigma * sigma);
  const posterior = (x: number) => {
    const logits = means.map(
      (mean, k) =>
        Math.log(weights[k]) - 0.5 * Math.log(2 * Math.PI * spread[k]) - (x - alpha * mean) ** 2 / (2 * spread[k]),
    );
    const top = Math.max(...logits);
    const mass = logits.map((logit) => Math.exp(logit - top));
    const total = mass.reduce((a, b) => a + b, 0);
    const denoised = mass.reduce(
      (sum, m, k) => sum + m * (means[k] + ((alpha * variances[k]) / spread[k]) * (x - alpha * means[k])),
      0,
    );
    const mean = denoised / total;
    const second = mass.reduce((sum, m, k) => {
      const own = means[k] + ((alpha * variances[k]) / spread[k]) * (x - alpha * means[k]);
      return sum + m * ((own - mean) ** 2 + (variances[k] * sigma * sigma) / spread[k]);
    }, 0);
    return { logDensity: top + Math.log(total), denoised: mean, variance: second / total };
  };
  const nodes = nodesOf(means.length);
  const x = new Float64Array(means.length * nodes);
  const mass = new Float64Array(x.length);
  means.forEach((mean, k) => {
    for (let i = 0; i < nodes; i++) {
      const z = -reach + (2 * reach * (i + 0.5)) / nodes;
      x[k * nodes + i] = alpha * mean + Math.sqrt(spread[k]) * z;
      mass[k * nodes + i] = (weights[k] * 2 * reach * Math.exp(-0.5 * z * z)) / (nodes * Math.sqrt(2 * Math.PI));
    }
  });
  return { x, mass, points: Array.from(x, posterior) };
}

function expectation(mass: Float64Array, value: (i: number) => number): number {
  return mass.reduce((sum, m, i) => sum + m * value(i), 0);
}

/** Differential entropy of X_t. */
export function entropy(law: LineMixture, level: Pick<NoiseLevel, "alpha" | "sigma">): number {
  const { mass, points } = marginal(law, level);
  return -expectation(mass, (i) => points[i].logDensity);
}

/**
 * Initialization bound and path KL of a sampler, nats, by quadrature: what the certificate estimates. Ancestral: by I-MMSE the integral of mmse is an
 * entropy difference. Girsanov: E[g_t given Y_k] = e^-u g_k, E<Y, g> = -1, and the integral of E g^2 is an entropy difference too (de Bruijn).
 */
export function exactPathKl(
  law: LineMixture,
  sampler: CertifiedSampler,
  schedule: NoiseSchedule,
  grid: TimeGrid,
  denoiser: LineDenoiser,
): number {
  const levels = levelsOf(schedule, grid);
  const secondMoment = law.means.reduce((sum, m, k) => sum + law.weights[k] * (m * m + law.variances[k]), 0);
  const [first] = levels;
  let total = 0.5 * (first.alpha ** 2 * (secondMoment - 1) - 2 * Math.log(first.sigma));
  for (let k = 0; k + 1 < levels.length; k++) {
    total += sampler === "ancestral" ? ancestralStep(law, levels[k], levels[k + 1], denoiser) : girsanovStep(k);
  }
  return total;

  function girsanovStep(k: number): number {
    const [from, to] = [levels[k], levels[k + 1]];
    const h = ouTime(from.logSnr) - ouTime(to.logSnr);
    const { x, mass, points } = marginal(law, from);
    const held = denoiser(x, from);
    const score = (i: number, x0: number) => (from.alpha * x0 - x[i]) / from.sigma ** 2;
    const own = (i: number) => score(i, held[i]);
    const exact = (i: number) => score(i, points[i].denoised);
    const fisher = entropy(law, from) - entropy(law, to) + h;
    if (sampler === "exponential-integrator") {
      const cross = expectation(mass, (i) => own(i) * exact(i));
      return fisher + 2 * Math.expm1(-h) * cross + h * expectation(mass, (i) => own(i) ** 2);
    }
    // b = Y_t + 2 g_t against c = Y_k + 2 s(Y_k): E b^2 = E Y_t^2 - 4 + 4 J_t, E[b given Y_k] = E[Y_t given Y_k] + 2 e^-u g_k.
    const frozen = (i: number) => x[i] + 2 * own(i);
    const frozenSquare = expectation(mass, (i) => frozen(i) ** 2);
    const withState = expectation(mass, (i) => frozen(i) * x[i]);
    const withScore = expectation(mass, (i) => frozen(i) * exact(i));
    const slices = 200;
    let sum = 0;
    for (let j = 0; j < slices; j++) {
      const u = ((j + 0.5) * h) / slices;
      const second = 1 + (secondMoment - 1) * Math.exp(-2 * (ouTime(from.logSnr) - u));
      // Tweedie: E[Y_t given Y_k] = e^u (Y_k + (1 - e^-2u) g_k).
      const cross = Math.exp(u) * (withState - Math.expm1(-2 * u) * withScore) + 2 * Math.exp(-u) * withScore;
      sum += (h / slices) * (second - 4 + frozenSquare - 2 * cross);
    }
    return 0.25 * sum + fisher;
  }
}

function ancestralStep(law: LineMixture, from: NoiseLevel, to: NoiseLevel, denoiser: LineDenoiser): number {
  const { x, mass, points } = marginal(law, from);
  const { alpha, sigma } = from;
  const held = denoiser(x, from);
  // mmse = E Var(X_0 given x): by the second Tweedie formula it is sigma^2 / alpha^2 (1 - sigma^2 J).
  const fisher = expectation(mass, (i) => ((alpha * points[i].denoised - x[i]) / sigma ** 2) ** 2);
  const mmse = ((sigma * sigma) / (alpha * alpha)) * (1 - sigma * sigma * fisher);
  const error = expectation(mass, (i) => (points[i].denoised - held[i]) ** 2);
  const gained = entropy(law, to) - entropy(law, from) - Math.log(to.sigma / from.sigma);
  return 0.5 * (Math.exp(to.logSnr) - Math.exp(from.logSnr)) * (mmse + error) - gained;
}

/** KL(q_t || N(0, variance)), nats: of the ends alone. */
export function exactKlToGaussian(
  law: LineMixture,
  level: Pick<NoiseLevel, "alpha" | "sigma">,
  variance: number,
): number {
  const { x, mass, points } = marginal(law, level);
  return expectation(
    mass,
    (i) => points[i].logDensity + 0.5 * Math.log(2 * Math.PI * variance) + (x[i] * x[i]) / (2 * variance),
  );
}

/** The variational bound on E[-log p_theta(X_delta)] over the law itself, nats. */
export function exactVariationalBound(
  law: LineMixture,
  schedule: NoiseSchedule,
  grid: TimeGrid,
  denoiser: LineDenoiser,
): number {
  const level = levelsOf(schedule, grid)[grid.times.length - 1];
  return exactPathKl(law, "ancestral", schedule, grid, denoiser) + entropy(law, level);
}

/** What a step of `jvp` or `full-covariance` does on the line. */
export interface CurvedLine {
  denoised(x: number, level: NoiseLevel, exact: number): number;
  /** Variance of the step as a multiple of the bridge's, from the posterior variance of X_0. */
  variance(x: number, from: NoiseLevel, to: NoiseLevel, posterior: number): number;
}

/** Path KL of steps of any variance, nats, without initialization: the chain rule of theory 2k with one quadrature a step. */
export function exactCurvedKl(law: LineMixture, schedule: NoiseSchedule, grid: TimeGrid, line: CurvedLine): number {
  const levels = levelsOf(schedule, grid);
  let total = 0;
  for (let k = 0; k + 1 < levels.length; k++) {
    const [from, to] = [levels[k], levels[k + 1]];
    const { x, mass, points } = marginal(law, from);
    const width = Math.exp(to.logSnr) - Math.exp(from.logSnr);
    total += expectation(mass, (i) => {
      const { denoised, variance } = points[i];
      const g = line.variance(x[i], from, to, variance);
      const error = (denoised - line.denoised(x[i], from, denoised)) ** 2;
      return 0.5 * (Math.log(g) + (1 + width * (variance + error)) / g - 1);
    });
    total -= entropy(law, to) - entropy(law, from) - Math.log(to.sigma / from.sigma);
  }
  return total;
}
