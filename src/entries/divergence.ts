/** "fedscore/divergence": distances between two samples, with confidence intervals. */
export { energyDistance } from "../divergence/energy.js";
export { frechet } from "../divergence/frechet.js";
export {
  type Divergence,
  type DivergenceName,
  type DivergenceOptions,
  divergences,
  type Estimate,
} from "../divergence/index.js";
export { mmd } from "../divergence/mmd.js";
export { slicedWasserstein2 } from "../divergence/sliced-wasserstein.js";
