import { describe, expect, test } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { invert } from "../../src/diffusion/invert.js";
import { sample } from "../../src/diffusion/sample.js";
import { createSampler, type SamplerSpec } from "../../src/diffusion/samplers/index.js";
import { levelAt } from "../../src/diffusion/schedule.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { FedscoreError } from "../../src/errors.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { describeEngines } from "../support/engines.js";
import { exactGaussian } from "../support/gaussian.js";
import { logLogSlope } from "../support/slope.js";

const schedule = createSchedule({ kind: "edm", tMin: 0.02, tMax: 30 });
const denoiser = exactGaussian(3, 0.25, 0.5);
const gridOf = (steps: number) => createGrid({ kind: "uniform-log-snr", steps }, schedule);

describeEngines("states that are given", (engineOf) => {
  const given = (sampler: SamplerSpec, steps: number) => ({
    denoiser,
    schedule,
    grid: gridOf(steps),
    sampler: createSampler(sampler),
  });

  test("the prior given as states is the prior", () => {
    const states = normals(engineOf(), 30, { seed: 4, purpose: Purpose.prior }, 6);
    const before = states.slice();
    for (const sampler of ["ancestral", "dpm-solver++-2m"] as const) {
      const drawn = { ...given(sampler, 5), seed: 4, firstSample: 2, count: 10, tile: 3 };
      expect(sample(engineOf(), { ...drawn, states })).toEqual(sample(engineOf(), drawn));
    }
    expect(states).toEqual(before);
  });

  test("must be as many as the samples, and finite", () => {
    const drawn = { ...given("ddim", 5), seed: 4, count: 2 };
    expect(() => sample(engineOf(), { ...drawn, states: new Float32Array(5) })).toThrow(
      "states must have 6 entries, got 5",
    );
    const states = new Float32Array(6).fill(1, 0, 5).fill(Number.NaN, 5);
    expect(() => sample(engineOf(), { ...drawn, states })).toThrow("states[5] must be finite, got NaN");
  });

  describe("inverted", () => {
    test.each([
      ["ddim", 1],
      ["heun", 2],
      ["dpm-solver++-2m", 2],
    ] as const)("by %s they lead back, with an error of order %d in the step", (name, order) => {
      const states = normals(engineOf(), 30, { seed: 1, purpose: Purpose.prior });
      const counts = [1, 2, 4].map((times) => times * (order === 1 ? 200 : 40));
      const errors = counts.map((steps) => {
        const problem = given(name, steps);
        const noise = invert(engineOf(), { ...problem, states });
        const back = sample(engineOf(), { ...problem, states: noise, count: 10, seed: 1 });
        return Math.max(...back.map((value, i) => Math.abs(value - states[i])));
      });
      expect(logLogSlope(counts, errors)).toBeLessThan(0.2 - order);
      expect(errors[2]).toBeLessThan(0.15);
    });

    test("they are what the probability flow of a Gaussian says in closed form", () => {
      const [noisy, clean] = [levelAt(schedule, 30), levelAt(schedule, 0.02)];
      const lawAt = ({ alpha, sigma }: typeof noisy) =>
        [0.5 * alpha, Math.sqrt(0.25 * alpha ** 2 + sigma ** 2)] as const;
      const [[m0, s0], [m1, s1]] = [lawAt(clean), lawAt(noisy)];
      const states = Float32Array.of(-1, 0, 0.3, 0.5, 1, 4);
      const noise = invert(engineOf(), { ...given("heun", 400), states });
      // The step is 0.04 in log snr, and h^2 is more than what is left of it in 7.
      for (const [i, value] of noise.entries()) expect(value).toBeCloseTo(m1 + ((states[i] - m0) * s1) / s0, 3);
    });

    test("by rk45 they lead back within its tolerance, whatever the grid", () => {
      const states = normals(engineOf(), 30, { seed: 1, purpose: Purpose.prior });
      for (const steps of [1, 7]) {
        const problem = given("rk45", steps);
        const noise = invert(engineOf(), { ...problem, states });
        const back = sample(engineOf(), { ...problem, states: noise, count: 10, seed: 1 });
        // Some twenty steps each way, each within 1e-5 (1 + |x|).
        back.forEach((value, i) => {
          expect(Math.abs(value - states[i])).toBeLessThan(4e-4 * (1 + Math.abs(value)));
        });
      }
    });

    test("are refused for samplers with noise, by name", () => {
      const states = new Float32Array(3);
      for (const sampler of ["ancestral", { kind: "ddim", eta: 0.1 }, { kind: "heun", churn: 1 }] as const) {
        expect(() => invert(engineOf(), { ...given(sampler, 5), states })).toThrow(FedscoreError);
        expect(() => invert(engineOf(), { ...given(sampler, 5), states })).toThrow("its steps add noise");
      }
    });
  });
});
