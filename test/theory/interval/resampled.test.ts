import { describe, expect, it } from "vitest";
import { samplers } from "../../../src/diffusion/samplers/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { requireExact } from "../../../src/theory/certificate/unit-task.js";
import { type ProposalName, proposals } from "../../../src/theory/interval/proposals/index.js";
import type { IntervalProblem, RowRequest } from "../../../src/theory/interval/row-weights.js";
import { rowWeigher } from "../../../src/theory/interval/weigh-rows.js";
import { vpLinear } from "../../support/curved-laws.js";
import { simdEngine } from "../../support/engines.js";
import { intervalHere } from "../../support/interval.js";
import { bestMixGrid } from "../../support/mix-grid.js";
import { standardizedMix } from "../../support/standardized-mix.js";

const engine = await simdEngine();
const schedule = createSchedule(vpLinear);
const grid = await bestMixGrid(engine, 20);
const names = Object.keys(proposals) as ProposalName[];
const resampling = names.filter((name) => proposals[name].resamples);

function problemIn(dimension: number): IntervalProblem {
  const target = standardizedMix(dimension);
  const { denoiser } = requireExact(target);
  return { schedule, grid, sampler: samplers.ancestral, target, denoiser, seed: 5 };
}

function weigh(dimension: number, request: Partial<RowRequest>) {
  const whole = { of: "law", first: 0, count: 4000, paths: 8, proposal: "resampled", ...request } as const;
  return rowWeigher(problemIn(dimension))(engine, whole);
}

function summary(values: Float64Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(square / values.length) };
}

describe("weights of two modes", () => {
  it.each(names)("%s: e^-U over the law and e^V_c over the sampler have the mean 1", (proposal) => {
    const ratios = [
      weigh(1, { proposal }).u.map((u) => Math.exp(-u)),
      weigh(1, { proposal, of: "sampler" }).conditional.map(Math.exp),
    ];
    for (const { mean, error } of ratios.map(summary)) {
      expect(Math.abs(mean - 1)).toBeLessThan(3 * error);
      expect(error).toBeLessThan(0.015);
    }
  });

  it("are those of the paths themselves where nothing is resampled", () => {
    for (const of of ["law", "sampler"] as const) {
      const [plain, alone] = (["forward", "resampled"] as const).map((proposal) =>
        weigh(2, { of, proposal, paths: 1, count: 50 }),
      );
      expect(alone.u).toEqual(plain.u);
      expect(alone.conditional).toEqual(plain.conditional);
    }
  });

  it.each(resampling)(
    "%s: do not depend on which rows are weighed together, and differ from draw to draw",
    (proposal) => {
      for (const of of ["law", "sampler"] as const) {
        const whole = weigh(2, { of, proposal, count: 96 });
        const part = weigh(2, { of, proposal, first: 50, count: 7 });
        for (const name of ["u", "conditional", "spread"] as const)
          expect(part[name], name).toEqual(whole[name].slice(50, 57));
        const again = weigh(2, { of, proposal, count: 96, draw: 1 });
        expect(again.logDensity).toEqual(whole.logDensity);
        again.u.forEach((u, row) => {
          expect(u).not.toBe(whole.u[row]);
        });
      }
    },
  );
});

/** Copies, proposal, K; B_K as measured by an independent implementation, with a grid of its own; rows here. */
const measured = [
  [8, "forward", 8, 3.76, 1024],
  [8, "resampled", 8, 1.58, 1024],
  [8, "resampled", 64, 0.464, 384],
  [16, "resampled", 8, 3.7, 512],
  [16, "resampled", 64, 0.97, 192],
  [16, "tilted-resampled", 8, 1.32, 512],
] as const;

describe("mean log ratio of independent copies of two modes, 20 ancestral steps", () => {
  it.each(measured)("%d copies, %s, K = %d: %d", (copies, proposal, paths, value, count) => {
    const { mean, error } = summary(weigh(copies, { proposal, paths, count }).u);
    expect(Math.abs(mean - value)).toBeLessThan(3 * error);
    // The exact KL is 0.039 per copy on the grid of the other implementation.
    expect(mean).toBeGreaterThan(0.039 * copies - 3 * error);
  });

  it("is an interval with both ends, narrower than without", async () => {
    const [plain, found] = await Promise.all(
      (["forward", "resampled"] as const).map((proposal) =>
        intervalHere(engine, problemIn(8), { rows: 512, k: 16, proposal }),
      ),
    );
    expect(found.high).toBeLessThan(0.5 * plain.high);
    for (const { low, high } of [plain, found]) {
      expect(low).toBeLessThan(0.037 * 8);
      expect(high).toBeGreaterThan(0.037 * 8);
    }
  });
});
