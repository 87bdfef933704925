import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denoiserFromFunction } from "../../src/diffusion/function-denoiser.js";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { evaluationsPerSample, type SampleOptions, type SampleStep, sample } from "../../src/diffusion/sample.js";
import type { Sampler } from "../../src/diffusion/sampler.js";
import { samplers } from "../../src/diffusion/samplers/index.js";
import { levelAt, snrOf } from "../../src/diffusion/schedule.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { ArgumentError, FedscoreError } from "../../src/errors.js";
import { Purpose } from "../../src/kernels/purpose.js";
import { normals } from "../../src/kernels/random.js";
import { describeEnginesThoroughly } from "../support/engines.js";
import { exactGaussian } from "../support/gaussian.js";
import {
  corrected,
  everySampler,
  everySteppingSampler,
  inCoordinates,
  outputLaw,
  withErrors,
} from "../support/samplers.js";
import { tries } from "../support/thorough.js";

const schedules = [
  createSchedule({ kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 }),
  createSchedule({ kind: "vp-cosine", tMin: 1e-2, tMax: 0.97 }),
  createSchedule({ kind: "ou", tMin: 1e-2, tMax: 3 }),
];
const [linear, , ou] = schedules;
/** Those of the index, and one with a correction whether the index has such a one or not. */
const tested: Sampler[] = [...everySampler, corrected];

function options(overrides: Partial<SampleOptions> = {}): SampleOptions {
  return {
    count: 64,
    denoiser: exactGaussian(3, 0.25, 0.5),
    schedule: ou,
    grid: inCoordinates(withErrors(createGrid({ kind: "benton", steps: 6 }, ou), ou, 0.25), 3),
    sampler: samplers.ancestral,
    seed: 11,
    ...overrides,
  };
}

describeEnginesThoroughly("sample", (engineOf) => {
  // python3 -c 'from scipy.stats import chi2, norm; n = 60000; print(chi2.ppf([5e-4, 1-5e-4], n)/n, norm.ppf(1-5e-4))'
  const chiSquare = [0.98111126, 1.01910713];
  const quantile = 3.2905267314919255;

  describe.each(schedules)("$name", (schedule) => {
    // Few steps, so that the four laws and their parts differ by far more than the bounds.
    test.each(tested)(
      "$name has the law of its recursion: chi-square bounds on the variance, normal ones on the mean",
      (sampler) => {
        const [count, d] = [20_000, 3];
        const [variance, mean] = [0.3, 0.8];
        const grid = withErrors(createGrid({ kind: "uniform-log-snr", steps: 7 }, schedule), schedule, 1);
        const { mean: m, variance: v } = outputLaw({ schedule, grid, sampler, variance, mean });
        const denoiser = exactGaussian(d, variance, mean);
        const given = { count, denoiser, schedule, grid: inCoordinates(grid, d), sampler, seed: 5 };
        const x = sample(engineOf(), given);
        let [sum, squares, neighbours] = [0, 0, 0];
        for (let i = 0; i < x.length; i++) {
          const z = (x[i] - m) / Math.sqrt(v);
          sum += z;
          squares += z * z;
          if (i > 0) neighbours += (z * (x[i - 1] - m)) / Math.sqrt(v);
        }
        const n = x.length;
        expect(squares / n).toBeGreaterThan(chiSquare[0]);
        expect(squares / n).toBeLessThan(chiSquare[1]);
        expect(Math.abs(sum) / Math.sqrt(n)).toBeLessThan(quantile);
        expect(Math.abs(neighbours) / Math.sqrt(n)).toBeLessThan(quantile);
      },
    );
  });

  test("count, first sample and tile decide no byte", () => {
    const whole = sample(engineOf(), options({ count: 64, tile: 64 }));
    fc.assert(
      fc.property(
        fc.constantFrom(...tested),
        fc.integer({ min: 0, max: 63 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 70 }),
        (sampler, firstSample, length, tile) => {
          const all = sampler === samplers.ancestral ? whole : sample(engineOf(), options({ count: 64, sampler }));
          const count = Math.min(length, 64 - firstSample);
          const part = sample(engineOf(), options({ sampler, firstSample, count, tile }));
          expect(part).toEqual(all.slice(firstSample * 3, (firstSample + count) * 3));
        },
      ),
      { numRuns: tries(20, 60) },
    );
  });

  test("another seed, another sample; the prior is the normal stream of purpose prior", () => {
    expect(sample(engineOf(), options({ seed: 12 }))).not.toEqual(sample(engineOf(), options()));
    // A step that keeps the state shows the prior.
    const sampler = { ...samplers.ddim, coefficients: () => ({ x: 1, denoised: 0, noise: 0 }) };
    const x = sample(engineOf(), options({ sampler, firstSample: 7, count: 5 }));
    expect(x).toEqual(normals(engineOf(), 15, { seed: 11, purpose: Purpose.prior }, 21));
  });

  test("onStep sees each state and its denoised state, and changes no byte", () => {
    const seen: SampleStep[] = [];
    const given = options({ count: 10, tile: 4 });
    const x = sample(engineOf(), { ...given, onStep: (state) => seen.push(state) });
    expect(x).toEqual(sample(engineOf(), given));
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen[5].x).toEqual(x);
    for (const { step, snr, denoised } of seen) {
      const level = levelAt(ou, given.grid.times[step - 1]);
      expect(snr).toBe(snrOf(levelAt(ou, given.grid.times[step])));
      const before = step === 1 ? normals(engineOf(), 30, { seed: 11, purpose: Purpose.prior }) : seen[step - 2].x;
      const v = level.alpha ** 2 * 0.25 + level.sigma ** 2;
      const expected = before.map((value) => (level.alpha * 0.25 * value + level.sigma ** 2 * 0.5) / v);
      expect(denoised).toEqual(expected);
    }
  });

  test("denoiseLast returns x0hat of the state that the grid ends at", () => {
    const x = sample(engineOf(), options());
    const { alpha, sigma } = levelAt(ou, ou.tMin);
    const v = alpha * alpha * 0.25 + sigma * sigma;
    const expected = x.map((value) => (alpha * 0.25 * value + sigma * sigma * 0.5) / v);
    let calls = 0;
    const given = options({ denoiseLast: true });
    expect(sample(engineOf(), given)).toEqual(expected);
    expect(sample(engineOf(), { ...given, onStep: () => calls++ })).toEqual(expected);
    expect(calls).toBe(6);
  });

  test.each([...everySteppingSampler, corrected])(
    "$name evaluates the denoiser as often as evaluationsPerSample says",
    (sampler) => {
      for (const denoiseLast of [false, true]) {
        let evaluations = 0;
        const denoiser = denoiserFromFunction(
          3,
          (x, batch, _level, out) => {
            evaluations += batch;
            out.set(x);
          },
          (x, tangents, batch, _level, out, products) => {
            evaluations += 2 * batch;
            out.set(x);
            products.set(tangents);
          },
        );
        const given = options({ sampler, denoiser, denoiseLast, count: 10, tile: 4 });
        sample(engineOf(), given);
        expect(evaluations / 10).toBe(evaluationsPerSample({ ...given, dimension: 3 }));
      }
    },
  );

  test("a correction is a second evaluation a step", () => {
    expect(evaluationsPerSample(options({ sampler: samplers.ddim }))).toBe(6);
    expect(evaluationsPerSample(options({ sampler: corrected }))).toBe(12);
    expect(evaluationsPerSample(options({ sampler: corrected, denoiseLast: true }))).toBe(13);
  });

  test("scratch is released, also when the denoiser throws", () => {
    const { arena } = engineOf();
    const used = arena.used;
    sample(engineOf(), options());
    const denoiser = denoiserFromFunction(3, () => {
      throw new Error("mine");
    });
    expect(() => sample(engineOf(), options({ denoiser }))).toThrow("mine");
    expect(arena.used).toBe(used);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d from the denoiser names sample and step", (value) => {
    const schedule = linear;
    const grid = createGrid({ kind: "uniform", steps: 8 }, schedule);
    let calls = 0;
    // Two tiles of 20 rows: the third call is step 3 of the first tile, or step 2 of the whole batch with onStep.
    const denoiser = denoiserFromFunction(3, (_x, batch, _level, out) => {
      out.fill(0);
      if (++calls === 3) out[3 * (batch - 1) + 1] = value;
    });
    const given = options({ count: 40, tile: 20, firstSample: 100, denoiser, schedule, grid });
    expect(() => sample(engineOf(), given)).toThrow(
      "sample 119 is not finite after step 3 of 8, which started at t = 0.75",
    );
    calls = 0;
    try {
      sample(engineOf(), { ...given, onStep: () => {} });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FedscoreError);
      expect(error).toMatchObject({ code: "FEDSCORE_NON_FINITE", details: { sample: 119, step: 2 } });
    }
  });

  test("an aborted signal stops the run", () => {
    const controller = new AbortController();
    let steps = 0;
    const onStep = () => {
      if (++steps === 2) controller.abort("enough");
    };
    expect(() => sample(engineOf(), options({ signal: controller.signal, onStep }))).toThrow("aborted");
    expect(steps).toBe(2);
  });

  test.each<[Partial<SampleOptions>, string]>([
    [{ count: 0 }, "count must be an integer"],
    [{ firstSample: -1 }, "firstSample must be an integer"],
    [{ firstSample: 2 ** 34 / 2 }, "firstSample must be an integer"],
    [{ tile: 0 }, "tile must be an integer >= 1, got 0"],
    [{ seed: -1 }, "seed must be an integer"],
    [{ grid: { name: "user", times: Float64Array.of(1, 2) } }, "grid[1] must be below grid[0] = 1"],
    [{ schedule: linear }, "grid[0] must lie in [0.001, 1] of schedule vp-linear, got 3"],
    [{ seed: 2 ** 53 }, "seed must be an integer in [0, 9007199254740991], got 9007199254740992"],
    [
      { grid: createGrid({ kind: "uniform", steps: 2, start: 0.9, end: 0.5 }, linear) },
      'grid must be made for schedule ou: its times are another clock\'s, got "vp-linear"',
    ],
  ])("refuses %o", (overrides, message) => {
    expect(() => sample(engineOf(), options(overrides))).toThrow(ArgumentError);
    expect(() => sample(engineOf(), options(overrides))).toThrow(message);
  });
});
