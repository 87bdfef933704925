/**
 * "fedscore/privacy": how much privacy sampled Gaussian mechanisms spend, and how much noise a budget needs.
 * @module fedscore/privacy
 */

export { accountants, type EpsilonOptions, epsilonOf, type SpentPrivacy } from "../privacy/epsilon.js";
export { gaussianDelta, gaussianEpsilon } from "../privacy/gaussian.js";
export { defaultGridPoints, lossEpsilon } from "../privacy/loss-distribution.js";
export type { SampledGaussian } from "../privacy/mechanism.js";
export { type NoiselessSteps, noiseFor, type PrivacyBudget } from "../privacy/noise-for.js";
export { renyiDivergence, renyiOrders } from "../privacy/renyi.js";
export { type RenyiEpsilon, renyiEpsilon } from "../privacy/renyi-epsilon.js";
