import { describe, expect, test } from "vitest";
import type { GridSpec } from "../../src/diffusion/grids/index.js";
import { samplingCost } from "../../src/diffusion/sampling-cost.js";

describe("samplingCost", () => {
  test.each<[GridSpec, number]>([
    [{ kind: "karras", steps: 7 }, 7],
    [{ kind: "benton", steps: 9 }, 9],
    [{ kind: "benton", kappa: 0.1, uniformSteps: 5, geometricSteps: 20 }, 25],
    [{ kind: "user", times: [4, 2, 1] }, 2],
  ])("%o: %d steps, an evaluation each, and one for the last denoising", (grid, steps) => {
    const schedule = { kind: "ou", tMin: 1e-3, tMax: 10 } as const;
    for (const denoiseLast of [false, true]) {
      const cost = samplingCost({ schedule, grid, sampler: "ddim", denoiseLast }, 2);
      expect(cost).toEqual({ steps, evaluations: steps + Number(denoiseLast) });
    }
  });
});
