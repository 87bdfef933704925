import { expect, test } from "vitest";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import { levelAt } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { normals } from "../../../src/kernels/random.js";
import { mixtureDenoiser, mixtureLogDensity } from "../../../src/targets/gaussian-mixture.js";
import { flowLikelihood } from "../../../src/theory/measured/flow-likelihood.js";
import { describeEngines } from "../../support/engines.js";
import { diagonalGaussian } from "../../support/gaussian.js";

const schedule = createSchedule({ kind: "vp-linear", betaMax: 40, tMin: 0.02 });
const [clean, noisy] = [levelAt(schedule, 0.02), levelAt(schedule, 1)];

/** Three modes in the plane, none of which has axes of its own with another. */
const mixture = {
  dimension: 2,
  means: Float32Array.of(-1, -0.6, 0.8, 1, 1.1, -0.7),
  weights: [0.5, 0.3, 0.2],
  variances: [0.05, 0.02, 0.1],
};

describeEngines("flowLikelihood", (engineOf) => {
  const rowsOf = (count: number, seed: number) => normals(engineOf(), count, { seed, purpose: Purpose.target });

  test("of a Gaussian is its closed form: the prior, stretched along each axis", () => {
    const variances = [0.01, 0.5, 4];
    const states = rowsOf(12, 1);
    const { logLikelihood, bitsPerDimension } = flowLikelihood(engineOf(), {
      denoiser: diagonalGaussian(variances),
      schedule,
      states,
    });
    const expected = logLikelihood.map((_, row) =>
      variances.reduce((sum, variance, j) => {
        const deviation = ({ alpha, sigma }: typeof clean) => Math.sqrt(alpha ** 2 * variance + sigma ** 2);
        const stretch = deviation(noisy) / deviation(clean);
        return sum - 0.5 * ((stretch * states[3 * row + j]) ** 2 + Math.log(2 * Math.PI)) + Math.log(stretch);
      }, 0),
    );
    expected.forEach((value, row) => {
      expect(Math.abs(logLikelihood[row] - value)).toBeLessThan(2e-3 * Math.max(1, Math.abs(value)));
    });
    const mean = expected.reduce((sum, value) => sum + value, 0) / 4;
    expect(Math.abs(bitsPerDimension + mean / (3 * Math.LN2))).toBeLessThan(2e-3 * Math.abs(mean));
  });

  test("of a mixture is the density of its noised law, with the exact trace and in the mean with probes", () => {
    const states = rowsOf(40, 3).map((value) => 0.8 * value);
    const given = { denoiser: mixtureDenoiser(mixture), schedule, states };
    const expected = mixtureLogDensity(engineOf(), mixture, states, clean);
    const exact = flowLikelihood(engineOf(), given);
    // The prior differs from the law at t = 1 by alpha = 4e-5; a step errs by 1e-5, and there are about fifty.
    exact.logLikelihood.forEach((value, row) => {
      expect(Math.abs(value - expected[row])).toBeLessThan(3e-3);
    });
    const single = flowLikelihood(engineOf(), { ...given, probes: 1, seed: 5 });
    const many = flowLikelihood(engineOf(), { ...given, probes: 64, seed: 5 });
    const gaps = ({ logLikelihood }: typeof many) =>
      logLikelihood.map((value, row) => value - exact.logLikelihood[row]);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = (values: Float64Array) => mean(values.map((value) => value * value));
    // Unbiased, with a variance that falls like one over the probes.
    expect(square(gaps(single))).toBeGreaterThan(1e-3);
    expect(Math.abs(mean(gaps(single)))).toBeLessThan(4.5 * Math.sqrt(square(gaps(single)) / 20));
    expect(square(gaps(many))).toBeLessThan(square(gaps(single)) / 10);
  });

  test("has an interval of its mean, and estimates that depend on seed and row alone", () => {
    const given = { denoiser: mixtureDenoiser(mixture), schedule, probes: 2, seed: 9 };
    const states = rowsOf(16, 4);
    const whole = flowLikelihood(engineOf(), { ...given, states });
    const part = flowLikelihood(engineOf(), { ...given, states: states.slice(6, 10), firstRow: 3 });
    expect(part.logLikelihood).toEqual(whole.logLikelihood.slice(3, 5));
    const bits = whole.logLikelihood.map((value) => -value / (2 * Math.LN2));
    const mean = bits.reduce((sum, value) => sum + value, 0) / 8;
    const deviation = Math.sqrt(bits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7);
    expect(whole.bitsPerDimension).toBeCloseTo(mean, 10);
    // python3 -c 'from scipy.stats import t; print(t.ppf(0.975, 7))'
    const half = (2.364624251592785 * deviation) / Math.sqrt(8);
    expect(whole.interval?.low).toBeCloseTo(mean - half, 9);
    expect(whole.interval?.high).toBeCloseTo(mean + half, 9);
    expect(flowLikelihood(engineOf(), { ...given, states: states.slice(0, 2) }).interval).toBeUndefined();
  });

  test("refuses what it cannot do, by name", () => {
    const plain = denoiserFromFunction(2, (x, _batch, _level, out) => {
      out.set(x);
    });
    expect(() => flowLikelihood(engineOf(), { denoiser: plain, schedule, states: new Float32Array(2) })).toThrow(
      "the likelihood needs Jacobian-vector products of the denoiser",
    );
    const wide = diagonalGaussian(new Array<number>(65).fill(1));
    expect(() => flowLikelihood(engineOf(), { denoiser: wide, schedule, states: new Float32Array(65) })).toThrow(
      "probes must be given beyond 64 dimensions, of which there are 65",
    );
  });
});
