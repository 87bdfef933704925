import { describe, expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { bentonRates } from "../../src/theory/rates.js";
import { theorems } from "../../src/theory/registry/index.js";

const ou = createSchedule({ kind: "ou", tMin: 1e-4, tMax: 20 });

describe("reference rates", () => {
  it("are kappa^2 d N, kappa d T and d e^-2T of the grid, labelled as rates", () => {
    const grid = createGrid({ kind: "benton", kappa: 0.05, uniformSteps: 60, geometricSteps: 140 }, ou);
    const rates = bentonRates(ou, grid, 7);
    expect(rates.kappa).toBeCloseTo(0.05, 10);
    expect(rates.horizon).toBeCloseTo(0.05 * 60 + 1, 10);
    expect(rates.steps).toBe(200);
    expect(rates.terms["kappa^2 d N"]).toBeCloseTo(0.05 ** 2 * 7 * 200, 8);
    expect(rates.terms["kappa d T"]).toBeCloseTo(0.05 * 7 * 4, 8);
    expect(rates.terms["d e^-2T"]).toBeCloseTo(7 * Math.exp(-8), 10);
    expect(rates.label).toBe("up to the universal constant of Benton et al.");
    expect(theorems[rates.theorem].explicitConstants).toBe(false);
  });

  it("refuse a dimension and a grid that are none", () => {
    const grid = createGrid({ kind: "uniform", steps: 5 }, ou);
    expect(() => bentonRates(ou, grid, 1.5)).toThrow(/^dimension must be an integer >= 1, got 1\.5$/);
    expect(() => bentonRates(ou, { ...grid, times: Float64Array.of(1) }, 1)).toThrow(
      /^grid\.times must have at least 2/,
    );
    const times = Float64Array.of(1, Number.NaN);
    expect(() => bentonRates(ou, { ...grid, times }, 1)).toThrow(/^grid\.times\[1\] must lie in/);
  });

  it("take kappa and T of any grid on any schedule in Ornstein-Uhlenbeck time", () => {
    const linear = createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 });
    const rates = bentonRates(linear, createGrid({ kind: "uniform", steps: 50 }, linear), 1);
    expect(rates.horizon).toBeCloseTo((0.1 + 19.9 / 2) / 2, 10);
    expect(rates.kappa).toBeGreaterThan(1);
  });
});
