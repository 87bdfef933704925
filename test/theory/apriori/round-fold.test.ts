import { describe, expect, it } from "vitest";
import type { ClientMeasurement } from "../../../src/theory/apriori/measure-client.js";
import { RoundFold } from "../../../src/theory/apriori/round-fold.js";

const vector = (...values: number[]) => Float64Array.from(values);

/** Of a client that keeps parameter 0, or both. */
function measurement(change: Partial<ClientMeasurement["smoothness"]> = {}, variance = 1): ClientMeasurement {
  return {
    loss: 1,
    gradient: vector(1, 1),
    smoothness: { hessian: 7, pruned: 2, local: 3, ...change },
    round: {
      pruned: 5,
      pruning: vector(0, 0),
      drift: vector(0, 0),
      variance: vector(variance, variance),
      secondMoment: { start: 11, last: 13 },
    },
  };
}

const first = Uint8Array.of(1, 0);
const both = Uint8Array.of(1, 1);

describe("constants of a round by client", () => {
  it("weigh each client by the fewest clients on any parameter that it keeps", () => {
    const fold = new RoundFold(2, [3, 2]);
    fold.add(measurement({}, 4), first);
    fold.add(measurement({ pruned: null }, 1), both);
    fold.add(measurement({ pruned: null, local: null }, 2), both);
    const { masked } = fold.finish(0, [1, 1], null);
    expect(masked).toMatchObject({ gradientVariance: 4, gradientSecondMoment: 13 });
    expect(masked?.inverseCoverage).toBeCloseTo(1 / 3 + 1 / 2 + 1 / 2, 12);
    expect(masked?.inverseCoverageSquared).toBeCloseTo(1 / 9 + 1 / 4 + 1 / 4, 12);
    expect(masked?.prunedInverseCoverage).toBeCloseTo(1 / 3, 12);
    // The variance of what a client keeps, over Gamma_n^2.
    expect(masked?.varianceBound).toBeCloseTo(4 / 9 + 2 / 4 + 4 / 4, 12);
    expect(masked?.pruningBound).toBeCloseTo((2 ** 2 * 5) / 3, 12);
    // Where no local step moved, the Hessian's L stands in.
    expect(masked?.driftBound).toBeCloseTo((9 * 13) / 3 + (9 * 13) / 2 + (49 * 13) / 2, 12);
  });

  it("count clients that were not measured with the largest of those that were", () => {
    const fold = new RoundFold(2, [3, 3], { all: 1 / 3 + 2 / 3, squared: 1 / 9 + 2 / 9, pruned: 1 / 3 + 1 / 3 });
    fold.add(measurement({}, 4), first);
    const { masked } = fold.finish(0, [1, 1], null);
    expect(masked?.inverseCoverage).toBeCloseTo(1, 12);
    expect(masked?.varianceBound).toBeCloseTo((4 * 3) / 9, 12);
    expect(masked?.pruningBound).toBeCloseTo((4 * 5 * 2) / 3, 12);
    expect(masked?.driftBound).toBeCloseTo(9 * 13, 12);
  });

  it("of a client that keeps nothing are none", () => {
    const fold = new RoundFold(2, [0, 0]);
    fold.add(measurement(), Uint8Array.of(0, 0));
    const { masked } = fold.finish(0, [1, 1], null);
    expect(masked).toMatchObject({ inverseCoverage: 0, varianceBound: 0, pruningBound: 0, driftBound: 0 });
  });
});
