import type { Assumption } from "../../theory/bound.js";

/** What a bound on a run with denoiseLast is about. */
export function statesAreBeforeLastDenoising(bound: string): Assumption {
  return {
    statement: `the ${bound} is about x_delta, the sampler's state before its last denoising`,
    met: true,
    evidence: "the run was sampled with denoiseLast",
  };
}
