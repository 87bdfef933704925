import { expect, it } from "vitest";
import { levelsOf } from "../../../src/diffusion/grid.js";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw } from "../../../src/targets/law.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { requireDensity } from "../../../src/theory/interval/dense-target.js";
import { rowWeigher } from "../../../src/theory/interval/weigh-rows.js";
import { describeEngines } from "../../support/engines.js";
import { gaussianChainKl } from "../../support/interval.js";

const ou = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const linear = createSchedule({ kind: "vp-linear" });

/** Section 2e of docs/theory.md: N(0, I / 4), d = 2, without initialization. */
const table = [
  [20, 0.342669, 2.790118, 0.820199],
  [50, 0.13624, 1.177716, 0.347341],
  [100, 0.067951, 0.598876, 0.177025],
  [400, 0.016813, 0.152774, 0.045162],
] as const;

describeEngines("interval with one forward path", (engineOf) => {
  it("is the path KL of the discrete chain, in closed form to the published digits", () => {
    const names = ["ancestral", "exponential-integrator", "euler-maruyama"] as const;
    for (const [steps, ...values] of table) {
      const grid = createGrid({ kind: "geometric-tail", steps, start: 4, end: 0.01 }, ou);
      names.forEach((name, column) => {
        const found = 2 * gaussianChainKl({ sampler: samplers[name], schedule: ou, grid }, 0.25);
        expect(found, `${name}, ${steps}`).toBeCloseTo(values[column], 6);
      });
    }
    [50, 100, 200, 400].forEach((steps, at) => {
      const grid = createGrid({ kind: "uniform-log-snr", steps }, linear);
      const found = gaussianChainKl({ sampler: samplers["euler-maruyama"], schedule: linear, grid }, 0.25);
      expect(found, `euler-maruyama in vp-linear, ${steps}`).toBeCloseTo(
        [0.428083, 0.222608, 0.113529, 0.057331][at],
        6,
      );
    });
  });

  it("has weights whose mean is that path KL, whichever sampler and schedule", () => {
    for (const [schedule, grid] of [
      [ou, createGrid({ kind: "geometric-tail", steps: 20, start: 4, end: 0.01 }, ou)],
      [linear, createGrid({ kind: "uniform-log-snr", steps: 50 }, linear)],
    ] as const) {
      for (const name of ["ancestral", "exponential-integrator", "euler-maruyama"] as const) {
        const target = requireDensity(createLaw({ of: { kind: "gaussian", dimension: 2, standardDeviation: 0.5 } }));
        const sampler = samplers[name];
        const { denoiser } = requireExact(target);
        const weigh = rowWeigher({ schedule, grid, sampler, target, denoiser, seed: 5 });
        const count = 4096;
        const { u } = weigh(engineOf(), { of: "law", first: 0, count, paths: 1, proposal: "forward" });
        const mean = u.reduce((sum, value) => sum + value, 0) / count;
        const variance = u.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
        const [first] = levelsOf(schedule, grid);
        const marginal = first.alpha ** 2 * 0.25 + first.sigma ** 2;
        const start = marginal - 1 - Math.log(marginal);
        const expected = 2 * gaussianChainKl({ sampler, schedule, grid }, 0.25) + start;
        expect(Math.abs(mean - expected), name).toBeLessThan(3 * Math.sqrt(variance / count));
      }
    }
  });
});
