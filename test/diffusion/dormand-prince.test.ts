import { describe, expect, test } from "vitest";
import { type Derivative, DormandPrinceStep, integrate } from "../../src/diffusion/dormand-prince.js";
import { FedscoreError } from "../../src/errors.js";
import { logLogSlope } from "../support/slope.js";

/** y = e^(sin s), and z = 1 / (1 + y), which follows y. */
const wave: Derivative = (s, [y, z], out) => {
  out[0] = Math.cos(s) * y;
  out[1] = -z * z * Math.cos(s) * y;
};
const waveAt = (s: number) => [Math.exp(Math.sin(s)), 1 / (1 + Math.exp(Math.sin(s)))];

function fixedSteps(steps: number): number {
  const [y, step, h] = [Float64Array.of(...waveAt(0)), new DormandPrinceStep(2), 2 / steps];
  step.begin(wave, 0, y);
  for (let k = 0; k < steps; k++) {
    step.try(wave, k * h, y, h);
    y.set(step.next);
    step.advance();
  }
  return Math.hypot(...waveAt(2).map((value, i) => value - y[i]));
}

describe("the pair of Dormand and Prince", () => {
  test("is of order 5", () => {
    const counts = [20, 40, 80];
    expect(Math.abs(logLogSlope(counts, counts.map(fixedSteps)) + 5)).toBeLessThan(0.15);
  });

  test("its error is that of order 4: a step's falls like h^5", () => {
    const steps = [0.1, 0.05, 0.025];
    const errors = steps.map((h) => {
      const [y, step] = [Float64Array.of(...waveAt(0.5)), new DormandPrinceStep(2)];
      step.begin(wave, 0.5, y);
      step.try(wave, 0.5, y, h);
      return step.error(y, h, { relative: 0, absolute: 1 });
    });
    expect(Math.abs(logLogSlope(steps, errors) - 5)).toBeLessThan(0.3);
  });
});

describe("integrate", () => {
  test.each([1e-4, 1e-6, 1e-8, 1e-10])("keeps a tolerance of %d, in both directions", (size) => {
    const tolerance = { relative: size, absolute: size };
    const y = Float64Array.of(...waveAt(0));
    integrate(wave, y, [0, 2], tolerance);
    const wanted = waveAt(2);
    expect(Math.hypot(y[0] - wanted[0], y[1] - wanted[1])).toBeLessThan(20 * size);
    integrate(wave, y, [2, 0], tolerance);
    expect(Math.hypot(y[0] - 1, y[1] - 0.5)).toBeLessThan(400 * size);
  });

  test("counts what it does: steps fall with the fifth root of the tolerance, each six evaluations", () => {
    let evaluations = 0;
    const counted: Derivative = (s, y, out) => {
      evaluations++;
      wave(s, y, out);
    };
    const sizes = [1e-6, 1e-8, 1e-10, 1e-12];
    const steps = sizes.map((size) => {
      evaluations = 0;
      const done = integrate(counted, Float64Array.of(...waveAt(0)), [0, 4], { relative: size, absolute: size });
      expect(done.evaluations).toBe(evaluations);
      return done.steps;
    });
    expect(Math.abs(logLogSlope(sizes, steps) + 0.2)).toBeLessThan(0.04);
  });

  test("shortens its steps where a derivative changes, and gives up where it is not finite", () => {
    const y = Float64Array.of(0);
    const kink: Derivative = (s, _, out) => {
      out[0] = Math.abs(s - 0.3) < 1e-4 ? 1e4 : 0;
    };
    const done = integrate(kink, y, [0, 1], { relative: 1e-6, absolute: 1e-6 });
    expect(done.steps).toBeGreaterThan(1);
    const broken: Derivative = (s, _, out) => {
      out[0] = s > 0.5 ? Number.NaN : 1;
    };
    expect(() => integrate(broken, y, [0, 1], { relative: 1e-6, absolute: 1e-6 })).toThrow(FedscoreError);
  });
});
