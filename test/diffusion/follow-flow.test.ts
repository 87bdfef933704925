import { expect, test } from "vitest";
import { followFlow } from "../../src/diffusion/follow-flow.js";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { sample } from "../../src/diffusion/sample.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { levelAt } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec } from "../../src/diffusion/schedules/index.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { createTarget } from "../../src/targets/index.js";
import { describeEngines } from "../support/engines.js";
import { diagonalGaussian } from "../support/gaussian.js";

const specs: readonly NoiseScheduleSpec[] = [
  { kind: "vp-cosine", tMin: 0.01, tMax: 0.99 },
  { kind: "edm", tMin: 0.01, tMax: 60 },
  { kind: "linear-interpolation" },
];

describeEngines("followFlow", (engineOf) => {
  test.each(specs)("of a Gaussian scales each axis with the deviation of the law, both ways: $kind", (spec) => {
    const schedule = createSchedule(spec);
    const variances = [1e-4, 0.3, 10];
    const { tMin, tMax } = schedule;
    const [clean, noisy] = [tMin, tMax].map((t) => {
      const { alpha, sigma } = levelAt(schedule, t);
      return variances.map((variance) => Math.sqrt(alpha ** 2 * variance + sigma ** 2));
    });
    const states = normals(engineOf(), 30, { seed: 2, purpose: Purpose.prior });
    const problem = { denoiser: diagonalGaussian(variances), schedule };
    const down = followFlow(engineOf(), { ...problem, states, from: tMax, to: tMin });
    // The tolerance of a step is 1e-5 (1 + |x|), and about thirty are made.
    down.forEach((value, i) => {
      expect(Math.abs(value - (states[i] * clean[i % 3]) / noisy[i % 3])).toBeLessThan(3e-4 * (1 + Math.abs(value)));
    });
    const up = followFlow(engineOf(), { ...problem, states: down, from: tMin, to: tMax });
    // What a narrow law compresses comes back as much enlarged.
    up.forEach((value, i) => {
      expect(Math.abs(value - states[i])).toBeLessThan(
        3e-4 * (1 + Math.abs(value)) * (1 + noisy[i % 3] / clean[i % 3]),
      );
    });
  });

  test("is what heun tends to, and the same for a row whichever others there are", () => {
    const schedule = createSchedule(specs[0]);
    const { denoiser, dimension } = createTarget({ kind: "ring" });
    if (!denoiser) throw new Error("a ring has its denoiser");
    const states = normals(engineOf(), 12 * dimension, { seed: 7, purpose: Purpose.prior });
    const { tMin: to, tMax: from } = schedule;
    const problem = { denoiser, schedule, from, to };
    const whole = followFlow(engineOf(), { ...problem, states });
    const grid = createGrid({ kind: "uniform-log-snr", steps: 2000 }, schedule);
    const limit = sample(engineOf(), { denoiser, schedule, grid, sampler: samplers.heun, states, count: 12, seed: 0 });
    whole.forEach((value, i) => {
      expect(Math.abs(value - limit[i])).toBeLessThan(2e-3);
    });
    const part = followFlow(engineOf(), { ...problem, states: states.subarray(4 * dimension, 6 * dimension) });
    expect(part).toEqual(whole.slice(4 * dimension, 6 * dimension));
  });

  test("names what is wrong", () => {
    const schedule = createSchedule(specs[0]);
    const given = { denoiser: diagonalGaussian([1, 1]), schedule, states: new Float32Array(4), from: 0.9, to: 0.1 };
    const run = (change: object) => () => followFlow(engineOf(), { ...given, ...change });
    expect(run({ to: 2 })).toThrow("to must lie in [0.01, 0.99], got 2");
    expect(run({ states: new Float32Array(3) })).toThrow("states.length / denoiser.dimension must be an integer");
    expect(run({ tolerance: { relative: 0, absolute: 1e-5 } })).toThrow("tolerance.relative must be > 0, got 0");
    const broken = denoiserFromFunction(2, (_x, _batch, _level, out) => {
      out.fill(Number.NaN);
    });
    expect(run({ denoiser: broken })).toThrow("keeps the error of the flow within its tolerance");
  });
});
