import { describe, expect, test } from "vitest";
import { fitPower } from "../../../src/experiment/sweep/fit.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { normals } from "../../../src/kernels/random.js";
import { simdEngine } from "../../support/engines.js";

const xs = [2, 4, 8, 16, 32, 64];

describe("fitPower", () => {
  test("recovers an exact power law with an interval of no width", () => {
    const fit = fitPower(
      xs.map((x) => ({ x, y: 3 * x ** -1.5 })),
      0.95,
    );
    expect(fit?.slope).toBeCloseTo(-1.5, 12);
    expect(fit?.intercept).toBeCloseTo(Math.log(3), 12);
    expect(fit?.low).toBeCloseTo(-1.5, 10);
    expect(fit?.high).toBeCloseTo(-1.5, 10);
  });

  // python3 -c "from scipy import stats" is not at hand: by hand for u = -1, 0, 1 and v = 0, 1, 1: slope 1/2, residual sum 1/6,
  // standard error sqrt(1/6 / 1 / 2) = 0.288675, t(0.975, 1) = 12.7062.
  test("its interval is Student's", () => {
    const points = [
      [-1, 0],
      [0, 1],
      [1, 1],
    ].map(([u, v]) => ({ x: Math.exp(u), y: Math.exp(v) }));
    const fit = fitPower(points, 0.95);
    expect(fit?.slope).toBeCloseTo(0.5, 12);
    expect(fit?.high).toBeCloseTo(0.5 + 12.7062 * 0.2886751, 3);
    expect(fit?.low).toBeCloseTo(0.5 - 12.7062 * 0.2886751, 3);
  });

  test("its interval covers the slope of noisy data as often as it says", async () => {
    const engine = await simdEngine();
    const trials = 400;
    const noise = normals(engine, trials * xs.length, { seed: 5, purpose: Purpose.probe });
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const points = xs.map((x, i) => ({ x, y: x * Math.exp(0.1 * noise[trial * xs.length + i]) }));
      const fit = fitPower(points, 0.9);
      if (fit && fit.low !== null && fit.high !== null && fit.low <= 1 && fit.high >= 1) covered++;
    }
    // Binomial(400, 0.9): mean 360, standard deviation 6.
    expect(Math.abs(covered - 360)).toBeLessThan(4 * 6);
  });

  test("leaves out what has no logarithm, and needs two places", () => {
    expect(
      fitPower(
        [
          { x: 1, y: 1 },
          { x: 2, y: 0 },
          { x: 4, y: 2 },
        ],
        0.95,
      ),
    ).toMatchObject({ points: 2, slope: 0.5, low: null });
    expect(
      fitPower(
        [
          { x: 2, y: 1 },
          { x: 2, y: 3 },
        ],
        0.95,
      ),
    ).toBeUndefined();
    expect(fitPower([], 0.95)).toBeUndefined();
  });
});
