import { fullCurvature } from "../../diffusion/samplers/full-covariance.js";
import { bridgeEnds } from "./bridge.js";
import { curvedCost } from "./curved.js";
import type { PathCost } from "./path-cost.js";

/** The whole covariance of the reverse step: G = I + A. */
export const fullCovarianceCost: PathCost = {
  ...curvedCost(
    {
      sampler: "full-covariance",
      theorem: "covariance",
      source: "chain rule of KL with I-MMSE, for any covariance of the steps (docs/theory.md, 2k; arXiv 2605.22723)",
    },
    (from, to) => ({ curvature: fullCurvature(from, to), excess: 1 }),
  ),
  ends: bridgeEnds,
};
