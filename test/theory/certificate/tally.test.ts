import { expect, it } from "vitest";
import { Tally } from "../../../src/theory/certificate/tally.js";
import type { UnitCosts } from "../../../src/theory/certificate/units.js";
import { upperEnd } from "../../../src/theory/upper-end.js";

function costsOf(total: readonly number[]): UnitCosts {
  const of = (factor: number) => Float64Array.from(total, (value) => factor * value);
  const curve = Float64Array.of(1, 2);
  return {
    ...{ total: of(1), score: of(0.25), discretization: of(0.5), initialization: of(0.125) },
    ...{ stepScore: curve, stepDiscretization: curve, mmse: curve, reach: 1 },
  };
}

it("weighs the units of a stratum by its probability over their number, about the centers of the pilot", () => {
  const weights = Float64Array.of(0.9, 0.1);
  const pilot = { costs: costsOf([1, 2, 3, 40, 60]), strata: Uint32Array.of(0, 0, 0, 1, 1) };
  for (const closed of [false, true]) {
    const tally = new Tally(weights, closed, pilot);
    tally.add(costsOf([2, 4, 50]), Uint32Array.of(0, 0, 1));
    tally.add(costsOf([6, 70, 30]), Uint32Array.of(0, 1, 1));
    // A path costs its total and its initialization, without a discretization that is known.
    const factor = (closed ? 0.5 : 1) + 0.125;
    expect(tally.mean("path")).toBeCloseTo(factor * (0.9 * 4 + 0.1 * 50), 12);
    expect(tally.mean("score")).toBeCloseTo(0.25 * (0.9 * 4 + 0.1 * 50), 12);
    expect(tally.mean("initialization")).toBeCloseTo(0.125 * (0.9 * 4 + 0.1 * 50), 12);
    expect([tally.units, tally.fewest]).toEqual([6, 3]);
    const contributions = [
      ...[2, 4, 6].map((value) => (0.9 / 3) * factor * (value - 2)),
      ...[50, 70, 30].map((value) => (0.1 / 3) * factor * (value - 50)),
    ];
    // The largest deviations of the pilot: 1 and 10.
    const start = Math.max((0.9 * factor) / 3, (0.1 * factor * 10) / 3);
    const expected = upperEnd(Float64Array.from(contributions), start, 0.05);
    const end = tally.end("path", 0.05);
    expect(end.margin).toBeCloseTo(expected.margin, 10);
    expect(end.ceiling).toBeCloseTo(expected.ceiling, 12);
    expect(tally.end("path", 0.01).margin).toBeGreaterThan(end.margin);
  }
});
