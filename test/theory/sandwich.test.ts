import { describe, expect, it } from "vitest";
import type { Bound } from "../../src/theory/bound.js";
import { vacuousBound } from "../../src/theory/bound.js";
import type { LowerBound } from "../../src/theory/lower-bound/lower-bound.js";
import { theorems } from "../../src/theory/registry/index.js";
import { sandwich } from "../../src/theory/sandwich.js";

const lowerBound: LowerBound = {
  theorem: "data-processing",
  value: 0.02,
  estimate: 0.03,
  confidence: 0.95,
  unit: "nats",
  bitsPerDimension: 0.01,
  method: "projection on coordinate 0, 8 cells",
  rows: { choice: 100, evaluation: 100 },
  assumptions: [],
};
const bound = (theorem: Bound["theorem"], upper: number): Bound => ({
  name: `bound (${theorem})`,
  theorem,
  value: 0.9 * upper,
  upper,
  unit: "nats",
  bitsPerDimension: upper,
  confidence: 0.95,
  terms: {},
  assumptions: [],
  interval: null,
  samples: 512,
});
const input = {
  lowerBound,
  certificate: bound("ancestral", 0.5),
  apriori: bound("whole-bound", 40),
};

describe("sandwich", () => {
  it("lists lower bound, estimates, exact value, certificate and a-priori bound, each with its theorem", () => {
    const { rows, notes } = sandwich({
      ...input,
      estimates: { "KL by nearest neighbours (an estimate)": { value: 0.04, low: 0.01, high: 0.07, details: {} } },
      exact: 0.025,
    });
    expect(rows.map(({ role, value, low, high }) => [role, value, low, high])).toEqual([
      ["lower bound", 0.02, null, 0.03],
      ["estimate", 0.04, 0.01, 0.07],
      ["exact", 0.025, null, null],
      ["certificate", 0.5, 0.45, null],
      ["a-priori bound", 40, 36, null],
    ]);
    for (const { theorem, role } of rows) {
      if (role === "exact" || role === "estimate") expect(theorem).toBeNull();
      else expect(theorem && theorems[theorem].explicitConstants).toBe(true);
    }
    expect(notes.join(" ")).toMatch(/loose by a factor of the order of N/);
  });

  it("throws where a lower end lies above an upper one, with both numbers", () => {
    const crossed = { ...input, lowerBound: { ...lowerBound, value: 0.6, estimate: 0.7 } };
    expect(() => sandwich(crossed)).toThrow(
      /lower bound \(projection on coordinate 0, 8 cells\) 0\.600000 nats exceeds certificate \(bound \(ancestral\)\) 0\.500000 nats.*at most 0\.10/,
    );
    try {
      sandwich(crossed);
    } catch (error) {
      expect(error).toMatchObject({ code: "FEDSCORE_BOUND_VIOLATED", details: { lower: 0.6, upper: 0.5 } });
    }
    expect(() => sandwich({ ...input, exact: 0.01 })).toThrow(/lower bound .* exceeds exact/);
    expect(() => sandwich({ ...input, exact: 0.7 })).toThrow(
      /exact \(closed form\) 0\.700000 nats exceeds certificate/,
    );
    expect(() => sandwich({ ...input, exact: 0.5 * (1 + 1e-12) })).not.toThrow();
  });

  it("does not hold estimates against bounds", () => {
    const estimates = { knn: { value: 3, low: 2, high: 4, details: {} } };
    expect(sandwich({ ...input, estimates }).rows[1]).toMatchObject({ value: 3, confidence: null, theorem: null });
  });

  it("shows vacuous and missing parts with their reason and never as numbers", () => {
    const unmet = [{ statement: "every parameter is kept", met: false, evidence: "12 parameters were never covered" }];
    const { rows } = sandwich({
      lowerBound: { unavailable: "too few rows" },
      certificate: { unavailable: "sampler ddim cannot be certified" },
      apriori: vacuousBound("a-priori bound (ddim)", "whole-bound", unmet, 1),
      estimates: { knn: { unavailable: "d > 16" } },
    });
    expect(rows.map(({ value, low, high, reason }) => [value, low, high, reason])).toEqual([
      [null, null, null, "too few rows"],
      [null, null, null, "d > 16"],
      [null, null, null, "sampler ddim cannot be certified"],
      [null, null, null, "every parameter is kept: 12 parameters were never covered"],
    ]);
  });

  it("notes, and does not throw, where the a-priori bound lies below: it speaks of another network", () => {
    const { notes } = sandwich({ ...input, apriori: bound("whole-bound", 0.01) });
    expect(notes.at(-1)).toMatch(/a-priori bound 0\.01000 lies below 0\.02000 nats/);
  });
});
