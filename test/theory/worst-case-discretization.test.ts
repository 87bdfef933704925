import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelsOf, type TimeGrid } from "../../src/diffusion/grid.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { ouStep, ouTime } from "../../src/diffusion/ou-time.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import {
  gaussianAncestralDiscretization,
  gaussianExponentialIntegratorDiscretization,
} from "../../src/theory/gaussian-discretization.js";
import { largestMonotoneSum } from "../../src/theory/monotone-sum.js";
import {
  type DataMoments,
  largestMmse,
  worstAncestralDiscretization,
  worstEulerMaruyamaDiscretization,
  worstExponentialIntegratorDiscretization,
} from "../../src/theory/worst-case-discretization.js";

const ou = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 10 });
const tail = (steps: number) => createGrid({ kind: "geometric-tail", steps, start: 4, end: 0.01 }, ou);
const moments = (dimension: number, variance: number, secondMoment = variance): DataMoments => ({
  dimension,
  variance,
  secondMoment,
});

/** mmse of X_0 = +-1 with equal odds: 1 - E tanh(snr + sqrt(snr) z), by the trapezoidal rule. */
function mmseOfCoin(snr: number): number {
  let sum = 0;
  for (let z = -9; z <= 9; z += 0.05) sum += Math.exp(-z * z * 0.5) * (1 - Math.tanh(snr + Math.sqrt(snr) * z));
  return (0.05 * sum) / Math.sqrt(2 * Math.PI);
}

/** Integral of f over [a, b], midpoints even in log. */
function integrate(f: (x: number) => number, a: number, b: number, points: number): number {
  const ratio = (b / a) ** (1 / points);
  let sum = 0;
  for (let i = 0; i < points; i++) sum += f(a * ratio ** (i + 0.5)) * a * ratio ** i * (ratio - 1);
  return sum;
}

/** 1/2 sum over steps of the integral of m(snr_k) - m(snr). */
function leftRiemannError(mmse: (snr: number) => number, grid: TimeGrid): number {
  const snr = levelsOf(ou, grid).map((level) => Math.exp(level.logSnr));
  let total = 0;
  const points = Math.ceil(800 / snr.length);
  for (let k = 0; k + 1 < snr.length; k++) {
    total += 0.5 * ((snr[k + 1] - snr[k]) * mmse(snr[k]) - integrate(mmse, snr[k], snr[k + 1], points));
  }
  return total;
}

/** Sum over steps of the integral of J_t + (1 - 2 e^-u) J_k du for a one-dimensional law with this mmse curve. */
function integratorDiscretization(mmse: (snr: number) => number, grid: TimeGrid): number {
  const fisher = (tau: number) => {
    const snr = 1 / Math.expm1(2 * tau);
    return (1 + snr) * (1 - snr * mmse(snr));
  };
  const levels = levelsOf(ou, grid);
  let total = 0;
  for (let k = 0; k + 1 < levels.length; k++) {
    const [from, to] = [ouTime(levels[k].logSnr), ouTime(levels[k + 1].logSnr)];
    const h = ouStep(levels[k].logSnr, levels[k + 1].logSnr);
    total += integrate(fisher, to, from, Math.ceil(800 / levels.length)) + (h + 2 * Math.expm1(-h)) * fisher(from);
  }
  return total;
}

describe("worst-case discretization", () => {
  const cases = fc.record({
    variances: fc.array(fc.double({ min: 1e-3, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 }),
    steps: fc.integer({ min: 2, max: 120 }),
    kind: fc.constantFrom("geometric-tail" as const, "uniform" as const, "uniform-log-snr" as const, "benton" as const),
    slack: fc.double({ min: 1, max: 3, noNaN: true }),
  });

  it("is at least the closed form of every Gaussian with those moments, on every grid", () => {
    fc.assert(
      fc.property(cases, ({ variances, steps, kind, slack }) => {
        const grid = createGrid({ kind, steps, start: 4, end: 0.01 }, ou);
        const given = moments(variances.length, slack * variances.reduce((sum, v) => sum + v, 0));
        expect(worstAncestralDiscretization(ou, grid, given)).toBeGreaterThanOrEqual(
          gaussianAncestralDiscretization(ou, grid, variances),
        );
        expect(worstExponentialIntegratorDiscretization(ou, grid, given)).toBeGreaterThanOrEqual(
          gaussianExponentialIntegratorDiscretization(ou, grid, variances),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("holds for a coin, whose curve drops faster than that of any Gaussian", () => {
    for (const steps of [2, 3, 5, 10, 40]) {
      const grid = tail(steps);
      expect(worstAncestralDiscretization(ou, grid, moments(1, 1))).toBeGreaterThan(leftRiemannError(mmseOfCoin, grid));
      expect(worstExponentialIntegratorDiscretization(ou, grid, moments(1, 1))).toBeGreaterThan(
        integratorDiscretization(mmseOfCoin, grid),
      );
    }
  });

  it("is not the left Riemann error of the largest curve, which the coin exceeds on coarse grids", () => {
    const largest = (snr: number) => largestMmse(moments(1, 1), snr);
    const plain = (snr: number) => Math.min(1, 1 / snr);
    const grid = createGrid({ kind: "uniform", steps: 1, start: 4, end: 0.01 }, ou);
    const coin = leftRiemannError(mmseOfCoin, grid);
    expect(coin).toBeGreaterThan(leftRiemannError(plain, grid));
    expect(coin).toBeGreaterThan(leftRiemannError(largest, grid));
    expect(coin).toBeLessThan(worstAncestralDiscretization(ou, grid, moments(1, 1)));
  });

  it("is reached by curves that drop just behind the grid points", () => {
    const grid = tail(30);
    const snr = levelsOf(ou, grid).map((level) => Math.exp(level.logSnr));
    const given = moments(1, 1);
    const staircase = (value: number) => {
      const next = snr.findIndex((point) => point >= value * (1 - 1e-12));
      return next === snr.length - 1 ? 0 : largestMmse(given, snr[next]);
    };
    expect(worstAncestralDiscretization(ou, grid, given)).toBeCloseTo(leftRiemannError(staircase, grid), 9);
  });

  it("is 2 to 3 times the largest Gaussian's on fine grids: twice for the drops, and one more drop at the end", () => {
    const grid = createGrid({ kind: "benton", steps: 400, start: 4, end: 0.01 }, ou);
    const largest = leftRiemannError((snr) => largestMmse(moments(1, 1), snr), grid);
    const ratio = worstAncestralDiscretization(ou, grid, moments(1, 1)) / largest;
    expect(ratio).toBeGreaterThan(2);
    expect(ratio).toBeLessThan(3);
  });

  it("is linear in the dimension to rounding", () => {
    const grid = tail(50);
    for (const worst of [
      worstAncestralDiscretization,
      worstExponentialIntegratorDiscretization,
      worstEulerMaruyamaDiscretization,
    ]) {
      const one = worst(ou, grid, moments(1, 0.7, 0.9));
      expect(worst(ou, grid, moments(64, 64 * 0.7, 64 * 0.9)) / (64 * one)).toBeCloseTo(1, 12);
    }
  });

  /** 1/4 E|b(Y_t) - b(Y_k)|^2 integrated over the steps, b(Y) = Y - 2 Y / (variance of X): everything is Gaussian, Y_k = e^-u Y_t + noise. */
  function gaussianEulerMaruyama(variance: number, grid: TimeGrid): number {
    const levels = levelsOf(ou, grid);
    const marginal = (tau: number) => 1 + (variance - 1) * Math.exp(-2 * tau);
    let total = 0;
    for (let k = 0; k + 1 < levels.length; k++) {
      const start = ouTime(levels[k].logSnr);
      const h = ouStep(levels[k].logSnr, levels[k + 1].logSnr);
      for (let i = 0; i < 20; i++) {
        const u = (h * (i + 0.5)) / 20;
        const [now, held] = [marginal(start - u), marginal(start)];
        const [slopeNow, slopeHeld] = [1 - 2 / now, 1 - 2 / held];
        const square = slopeNow ** 2 * now + slopeHeld ** 2 * held - 2 * slopeNow * slopeHeld * Math.exp(-u) * now;
        total += (0.25 * square * h) / 20;
      }
    }
    return total;
  }

  it("for Euler-Maruyama, is at least that of every Gaussian, at most 4 times it at the widest one, and falls like 1 / N", () => {
    for (const variance of [0.05, 0.3, 1, 2, 5]) {
      for (const steps of [4, 30, 200]) {
        const worst = worstEulerMaruyamaDiscretization(ou, tail(steps), moments(1, variance));
        expect(worst).toBeGreaterThan(gaussianEulerMaruyama(variance, tail(steps)));
      }
      const worst = worstEulerMaruyamaDiscretization(ou, tail(200), moments(1, variance));
      expect(worst).toBeLessThan(2.2 * worstEulerMaruyamaDiscretization(ou, tail(400), moments(1, variance)));
    }
    const point = worstEulerMaruyamaDiscretization(ou, tail(200), moments(1, 0.01));
    expect(point).toBeLessThan(4 * gaussianEulerMaruyama(0.01, tail(200)));
  });

  it("for Euler-Maruyama, is the largest sum over the Fisher information and the integrals of its docstring, by quadrature", () => {
    for (const steps of [1, 2, 5, 40]) {
      const grid = createGrid({ kind: "uniform", steps, start: 2, end: 0.05 }, ou);
      const levels = levelsOf(ou, grid);
      const snr = levels.map(({ logSnr }) => Math.exp(logSnr));
      for (const [d, variance, secondMoment] of [
        [1, 0, 0],
        [3, 2, 2.5],
        [5, 1, 40],
      ]) {
        // Of J_t dt and J_k: J = (1 + 1 / snr) G, and the integral of 1 + 1 / snr over a step, G held at its end.
        const weights = new Float64Array(steps + 1);
        let rest = 0;
        for (let k = 0; k < steps; k++) {
          const h = ouStep(levels[k].logSnr, levels[k + 1].logSnr);
          const alpha2 = (u: number) => levels[k].alpha ** 2 * Math.exp(2 * u);
          const overStep = (f: (u: number) => number) => {
            const slices = 4000;
            let sum = 0;
            for (let i = 0; i < slices; i++) sum += (h / slices) * f(((i + 0.5) * h) / slices);
            return sum;
          };
          weights[k] += overStep((u) => 1 - 2 * Math.cosh(u)) / levels[k].alpha ** 2;
          weights[k + 1] += overStep((u) => 1 / alpha2(u));
          rest += overStep((u) => {
            const square = d + (secondMoment - d) * alpha2(u);
            return 0.25 * (square * (1 - Math.exp(-u)) ** 2 - d * Math.expm1(-2 * u)) + 2 * d * (Math.cosh(u) - 1);
          });
        }
        const caps = snr.map((value) => d * value);
        const floor = Math.min(caps[0], d / (1 / snr[0] + variance / d));
        const expected = largestMonotoneSum(weights, caps, floor) + rest;
        const found = worstEulerMaruyamaDiscretization(ou, grid, moments(d, variance, secondMoment));
        // Midpoints of 4000 slices: some 1e-8 relative.
        expect(Math.abs(found / expected - 1), `${steps} steps in dimension ${d}`).toBeLessThan(1e-5);
      }
    }
  });

  it("counts each step by what it is wider than all before it, narrower ones in between for nothing", () => {
    const snr = [0.5, 1.5, 2, 5, 6, 12];
    const times = Float64Array.from(snr, (value) => ou.time(Math.log(value)));
    const law = moments(3, 2, 5);
    // Widths 1, 0.5, 3, 1, 6: the first, the third and the fifth count, by 1, 2 and 3.
    const expected = 0.5 * (largestMmse(law, 0.5) + 2 * largestMmse(law, 2) + 3 * largestMmse(law, 6));
    expect(worstAncestralDiscretization(ou, { name: "steps", times }, law)).toBeCloseTo(expected, 10);
  });

  it("refuses moments of no law", () => {
    expect(() => worstAncestralDiscretization(ou, tail(5), moments(2, 3, 2))).toThrow(/secondMoment must not be below/);
    expect(() => worstAncestralDiscretization(ou, tail(5), moments(2, -1, 2))).toThrow(/variance must be >= 0/);
  });
});
