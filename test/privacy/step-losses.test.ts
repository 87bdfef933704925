import { expect, it } from "vitest";
import { upperTail } from "../../src/privacy/normal.js";
import { lossRange, stepLosses } from "../../src/privacy/step-losses.js";

const step = { sampleRate: 0.3, noiseMultiplier: 1.5 };
const grid = { width: 0.01, tail: 0.02 };

it.each(["remove", "add"] as const)(
  "all mass is somewhere, and what lies above the points costs without end: %s",
  (adjacency) => {
    const { first, mass, infinite } = stepLosses(step, adjacency, grid);
    const sum = mass.reduce((total, each) => total + each, 0);
    expect(sum + infinite).toBeCloseTo(1, 12);
    // The points end at observations z sqrt(2 log 50) outside of both means, and then with the bin.
    const reach = Math.sqrt(-2 * Math.log(grid.tail));
    const { sampleRate: q } = step;
    const beyond =
      adjacency === "remove" ? (1 - q) * upperTail(reach + 1 / 1.5) + q * upperTail(reach) : upperTail(reach);
    expect(infinite).toBeLessThanOrEqual(beyond);
    expect(infinite).toBeGreaterThan(0.5 * beyond);
    const [least, most] = lossRange(step, adjacency, grid.tail);
    expect(first * grid.width).toBeLessThanOrEqual(least);
    expect((first + mass.length - 1) * grid.width).toBeGreaterThanOrEqual(most);
  },
);

it("the mean of exp(-loss) is kept, and that of the loss is not less than the exact one", () => {
  const fine = { width: 1e-3, tail: 1e-12 };
  const [exact, coarse] = [fine, { ...fine, width: 0.3 }].map((each) => {
    const { first, mass } = stepLosses(step, "remove", each);
    const mean = (of: (loss: number) => number) =>
      mass.reduce((total, weight, k) => total + weight * of((first + k) * each.width), 0);
    return { loss: mean((loss) => loss), ratio: mean((loss) => Math.exp(-loss)) };
  });
  expect(exact.ratio).toBeCloseTo(1, 8);
  expect(coarse.ratio).toBeCloseTo(1, 8);
  expect(coarse.loss).toBeGreaterThan(exact.loss);
});
