import { excessVariance } from "../../diffusion/samplers/analytic.js";
import { jvpCurvature } from "../../diffusion/samplers/jvp.js";
import { bridgeEnds } from "./bridge.js";
import { curvedCost } from "./curved.js";
import type { PathCost } from "./path-cost.js";

/** One Jacobian-vector product a step: G = (1 + lambda) B B^T. */
export const jvpCost: PathCost = {
  ...curvedCost(
    {
      sampler: "jvp",
      theorem: "covariance",
      source: "chain rule of KL with I-MMSE, for any covariance of the steps (docs/theory.md, 2k)",
    },
    (from, to) => ({ curvature: jvpCurvature(from, to), excess: 1 + excessVariance(from, to) }),
  ),
  ends: bridgeEnds,
};
