import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw } from "../../../src/targets/law.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { requireDensity } from "../../../src/theory/interval/dense-target.js";
import type { RowRequest } from "../../../src/theory/interval/row-weights.js";
import { rowWeigher } from "../../../src/theory/interval/weigh-rows.js";
import { describeEnginesThoroughly } from "../../support/engines.js";

const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const grid = createGrid({ kind: "geometric-tail", steps: 20, start: 4, end: 0.01 }, schedule);
const target = requireDensity(createLaw({ of: { kind: "gaussian", dimension: 2, standardDeviation: 0.5 } }));
const { denoiser } = requireExact(target);
const problem = { schedule, grid, sampler: samplers.ancestral, target, denoiser, seed: 9 };
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describeEnginesThoroughly("weights of paths of a Gaussian law", (engineOf) => {
  const count = 4096;
  const weigh = (request: Partial<RowRequest>) =>
    rowWeigher(problem)(engineOf(), { of: "law", first: 0, count, paths: 8, proposal: "forward", ...request });

  it("have the means that the theorems say: of e^-U over the law, of e^V_c over the sampler", () => {
    for (const proposal of ["forward", "tilted", "tilted-resampled"] as const) {
      expect(mean(weigh({ proposal }).u.map((u) => Math.exp(-u))), proposal).toBeCloseTo(1, 1);
      const { conditional } = weigh({ of: "sampler", proposal });
      expect(Math.abs(mean(conditional.map(Math.exp)) - 1), proposal).toBeLessThan(0.05);
    }
  });

  it("differ less than a tenth as much under the tilted proposal, which is the law's own chain times the exact ratio of the kernels", () => {
    expect(mean(weigh({ proposal: "tilted" }).spread)).toBeLessThan(0.1 * mean(weigh({}).spread));
  });

  it("do not depend on which rows are weighed together", () => {
    for (const of of ["law", "sampler"] as const) {
      const whole = weigh({ of, count: 96, paths: 3, proposal: "tilted" });
      const part = weigh({ of, first: 50, count: 7, paths: 3, proposal: "tilted" });
      for (const name of ["u", "conditional", "factors", "coins", "spread"] as const)
        expect(part[name], name).toEqual(whole[name].slice(50, 57));
    }
  });
});
