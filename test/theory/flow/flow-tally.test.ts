import { expect, it } from "vitest";
import { strataOf, unitPaths } from "../../../src/theory/certificate/strata.js";
import { perfectQuality } from "../../../src/theory/flow/flow.js";
import { FlowTally } from "../../../src/theory/flow/flow-tally.js";
import type { FlowUnitCosts } from "../../../src/theory/flow/flow-units.js";
import { upperEndOfShares } from "../../../src/theory/flow/stray-end.js";
import { upperEnd } from "../../../src/theory/upper-end.js";

const strata = strataOf({ weights: [0.75, 0.25] });

/** Units whose rows cost so much; the first sample of each is stray. */
function costsOf(density: readonly number[], failed = 0): FlowUnitCosts {
  const stray = Float64Array.from({ length: density.length * unitPaths }, (_, row) => (row % unitPaths === 0 ? 1 : 0));
  const ratio = Float64Array.from(density, (value) => 2 * value);
  return { ratio, density: Float64Array.from(density), stray, failed, reach: 1, quality: perfectQuality() };
}

it("gives each term half of the error probability, and adds values and ends", () => {
  const tally = new FlowTally(strata, costsOf([1, 2, 5]), Uint32Array.of(0, 0, 1));
  tally.add(costsOf([1, 3, 5, 7]), Uint32Array.of(0, 0, 1, 1));
  const { density, stray, value, upper } = tally.ends(0.05);
  expect(density.value).toBeCloseTo(0.75 * 2 + 0.25 * 6, 12);
  if (!stray) throw new Error("no stray term");
  expect(stray.value).toBeCloseTo(1 / unitPaths, 12);
  const contributions = [1, 3].map((cost) => (0.75 / 2) * (cost - 1.5));
  const others = [5, 7].map((cost) => (0.25 / 2) * (cost - 5));
  const start = (0.75 * 0.5) / 2;
  const { margin } = upperEnd(Float64Array.from([...contributions, ...others]), start, 0.025);
  // A stratum that the pilot saw once lies about the others.
  expect(density.upper - density.value).toBeCloseTo(margin, 9);
  expect(stray.upper).toBe(upperEndOfShares(costsOf([0, 0, 0, 0]).stray, costsOf([0, 0, 0]).stray, 0.025));
  expect(value).toBe(density.value + stray.value);
  expect(upper).toBe(density.upper + stray.upper);
  expect([tally.rows, tally.fewest]).toEqual([4 * unitPaths, 2]);
});

it("gives the whole error probability to the density where there are no samples", () => {
  const costs = (density: readonly number[]) => ({ ...costsOf(density), stray: new Float64Array(0) });
  const strataOfUnits = Uint32Array.of(0, 0, 1, 1);
  const tally = new FlowTally(strata, costs([1, 2, 5, 6]), strataOfUnits);
  tally.add(costs([1, 3, 5, 7]), strataOfUnits);
  const both = new FlowTally(strata, costsOf([1, 2, 5, 6]), strataOfUnits);
  both.add(costsOf([1, 3, 5, 7]), strataOfUnits);
  const { density, stray, value, upper } = tally.ends(0.025);
  expect(stray).toBeUndefined();
  expect({ value, upper }).toEqual(density);
  expect(density).toEqual(both.ends(0.05).density);
});

it("has an interval of the mean of U, and counts rows without a preimage, those of the pilot too", () => {
  const tally = new FlowTally(strata, costsOf([1, 2, 5], 1), Uint32Array.of(0, 0, 1));
  tally.add(costsOf([1, 3, 5, 7], 2), Uint32Array.of(0, 0, 1, 1));
  const { low, high } = tally.interval(0.95);
  expect((low + high) / 2).toBeCloseTo(2 * 3, 12);
  expect(high).toBeGreaterThan(low);
  expect(tally.inversions).toMatchObject({ tried: 7 * unitPaths, failed: 3 });
});
