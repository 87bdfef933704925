/** "fedscore/divergence": distances between two samples, with confidence intervals. */
export { type Divergence, type DivergenceOptions, divergences, type Estimate } from "../divergence/index.js";
