import { excessVariances } from "../../diffusion/samplers/analytic-diagonal.js";
import { worstDiagonalDiscretization } from "../worst-case-discretization.js";
import { bridgeEnds } from "./bridge.js";
import { diagonalStep, diagonalStepWithoutExact } from "./diagonal.js";
import type { PathCost } from "./path-cost.js";

/** Steps with a variance for each coordinate, fixed beforehand by the errors that the grid carries. */
export const analyticDiagonalCost: PathCost = {
  sampler: "analytic-diagonal",
  theorem: "diagonal",
  source: "chain rule of KL with I-MMSE, for constant variances of the coordinates (docs/theory.md, 2h)",
  worstDiscretization: worstDiagonalDiscretization,
  crossed: false,
  step: (block, step) => diagonalStep(block, step, excessVariances(step.from, step.to, block.dimension)),
  stepWithoutExact: (block, step) =>
    diagonalStepWithoutExact(block, step, excessVariances(step.from, step.to, block.dimension)),
  ends: bridgeEnds,
};
