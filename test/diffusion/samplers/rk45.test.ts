import { expect, test } from "vitest";
import type { Denoiser } from "../../../src/diffusion/denoiser.js";
import { followFlow } from "../../../src/diffusion/follow-flow.js";
import { denoiserFromFunction } from "../../../src/diffusion/function-denoiser.js";
import { createGrid, type GridSpec } from "../../../src/diffusion/grids/index.js";
import { evaluationsPerSample, type SampleOptions, type SampleStep, sample } from "../../../src/diffusion/sample.js";
import { createSampler, samplers } from "../../../src/diffusion/samplers/index.js";
import { levelAt } from "../../../src/diffusion/schedule.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { Purpose } from "../../../src/kernels/purpose.js";
import { normals } from "../../../src/kernels/random.js";
import { ScoreNetwork } from "../../../src/network/score-network.js";
import { layoutOf } from "../../../src/network/spec.js";
import { createTarget } from "../../../src/targets/index.js";
import { describeEngines } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { logLogSlope } from "../../support/slope.js";

const schedule = createSchedule({ kind: "edm", tMin: 0.02, tMax: 40 });
const evenly = (steps: number, ends: Partial<GridSpec> = {}) =>
  createGrid({ kind: "uniform-log-snr", steps, ...ends } as GridSpec, schedule);
const { denoiser: exactRing } = createTarget({ kind: "ring" });
if (!exactRing) throw new Error("a ring has its denoiser");
const ring: Denoiser = exactRing;

/** A denoiser that tells how many rows it is given at a time. */
function counted(denoiser: Denoiser, batches: number[]): Denoiser {
  return {
    dimension: denoiser.dimension,
    open(engine, maxBatch) {
      const session = denoiser.open(engine, maxBatch);
      return {
        ...session,
        denoise(x, batch, level, denoised) {
          batches.push(batch);
          session.denoise(x, batch, level, denoised);
        },
      };
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describeEngines("rk45", (engineOf) => {
  const options = (overrides: Partial<SampleOptions> = {}): SampleOptions => ({
    count: 40,
    denoiser: ring,
    schedule,
    grid: evenly(3),
    sampler: samplers.rk45,
    seed: 5,
    ...overrides,
  });
  const prior = (count: number) => normals(engineOf(), 2 * count, { seed: 5, purpose: Purpose.prior });

  test("is of its order where the tolerance lets each step of the grid through", () => {
    const sampler = createSampler({ kind: "rk45", rtol: 1, atol: 1 });
    // dx / dl = cos(l) x, by the flow's own equation: Gaussians are too easy for float32 to show an order.
    const denoiser = denoiserFromFunction(1, ([x], _batch, { alpha, logSnr }, out) => {
      out[0] = (alpha + (2 / alpha) * Math.cos(logSnr)) * x;
    });
    const counts = [6, 9, 12];
    const errors = counts.map((steps) => {
      const grid = evenly(steps, { start: 4, end: 0.5 });
      const [value] = sample(engineOf(), options({ count: 1, denoiser, grid, sampler, states: Float32Array.of(1) }));
      const [from, to] = [schedule.logSnr(4), schedule.logSnr(0.5)];
      return Math.abs(value - Math.exp(Math.sin(to) - Math.sin(from)));
    });
    expect(Math.abs(logLogSlope(counts, errors) + samplers.rk45.order)).toBeLessThan(0.3);
  });

  test.each([1e-3, 1e-5])("within %d of each step it leads where the flow does, on any grid", (size) => {
    const states = prior(40);
    const limit = followFlow(engineOf(), {
      denoiser: ring,
      schedule,
      states,
      from: schedule.tMax,
      to: schedule.tMin,
      tolerance: { relative: 1e-7, absolute: 1e-7 },
    });
    const sampler = createSampler({ kind: "rk45", rtol: size, atol: size });
    for (const steps of [1, 3, 20]) {
      const x = sample(engineOf(), options({ grid: evenly(steps), sampler, states }));
      // Errors of about twenty steps of up to size (1 + |x|), which the flow enlarges where it parts.
      x.forEach((value, i) => {
        expect(Math.abs(value - limit[i])).toBeLessThan(200 * size);
      });
    }
  });

  test("steps on each time of the grid: what follows depends on the state there alone", () => {
    const seen: SampleStep[] = [];
    const { times } = evenly(4);
    const gridOf = (list: Float64Array) => createGrid({ kind: "user", times: [...list] }, schedule);
    const whole = sample(engineOf(), options({ grid: gridOf(times), onStep: (state) => seen.push(state) }));
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(seen[3].x).toEqual(whole);
    expect(sample(engineOf(), options({ grid: gridOf(times.subarray(0, 3)) }))).toEqual(seen[1].x);
    expect(sample(engineOf(), options({ grid: gridOf(times.subarray(2)), states: seen[1].x }))).toEqual(whole);
    const { x, denoised } = seen[1];
    engineOf().arena.scope(() => {
      const { arena } = engineOf();
      const [points, answers] = [arena.copyBytes(x), arena.floats(x.length)];
      ring.open(engineOf(), 40).denoise(points, 40, levelAt(schedule, times[2]), answers.pointer);
      denoised.forEach((value, i) => {
        expect(Math.abs(value - answers.array[i])).toBeLessThan(1e-5);
      });
    });
  });

  test("rows have steps of their own, go through the denoiser together, and depend on no other", () => {
    const batches: number[] = [];
    const whole = sample(engineOf(), options({ count: 240, denoiser: counted(ring, batches) }));
    expect(batches.some((batch) => batch < 240)).toBe(true);
    expect(sum(batches) / batches.length).toBeGreaterThan(60);
    for (const [firstSample, count, tile] of [
      [0, 1, 1],
      [17, 30, 7],
      [100, 140, 240],
    ]) {
      const part = sample(engineOf(), options({ firstSample, count, tile }));
      expect(part).toEqual(whole.slice(2 * firstSample, 2 * (firstSample + count)));
    }
    const given = options({ count: 240, tile: 50 });
    expect(sample(engineOf(), { ...given, onStep: () => undefined })).toEqual(whole);
  });

  test("a row keeps its class whichever others step with it", () => {
    const spec = networkOf({
      dimension: 2,
      hidden: [12, 12],
      residual: true,
      conditioning: "film",
      classes: 3,
      parameterization: "x0",
    });
    const parameters = normals(engineOf(), layoutOf(spec).size, { seed: 1, purpose: Purpose.prior }).map(
      (value) => 0.4 * value,
    );
    const [first, count] = [10, 60];
    const labels = Uint32Array.from({ length: count }, (_, row) => (row * row + row) % 3);
    const batches: number[] = [];
    const given = options({ firstSample: first, count });
    const classes = { first, classes: labels, guidance: { scale: 1 } };
    const mixed = sample(engineOf(), {
      ...given,
      denoiser: counted(new ScoreNetwork(spec, parameters, classes), batches),
    });
    expect(new Set(batches).size).toBeGreaterThan(3);
    for (const label of [0, 1, 2]) {
      const alone = sample(engineOf(), { ...given, denoiser: new ScoreNetwork(spec, parameters, label) });
      labels.forEach((own, row) => {
        const rowOf = (x: Float32Array) => x.slice(2 * row, 2 * row + 2);
        if (own === label) expect(rowOf(mixed)).toEqual(rowOf(alone));
        else expect(rowOf(mixed)).not.toEqual(rowOf(alone));
      });
    }
  });

  test("how often it evaluates the denoiser nobody knows before", () => {
    expect(evaluationsPerSample(options())).toBeUndefined();
  });

  test("a denoiser that is not finite is named with its sample, and a signal ends the way between steps", () => {
    const broken = denoiserFromFunction(2, (x, batch, _level, out) => {
      out.set(x);
      // Of the second tile, the fifth row.
      if (batch > 4 && x[0] === prior(30)[40]) out[9] = Number.NaN;
    });
    expect(() => sample(engineOf(), options({ denoiser: broken, count: 30, tile: 20 }))).toThrow(
      /^sample 24: no step of the flow between t = 40 and \S+ keeps its error within the tolerance$/,
    );
    const controller = new AbortController();
    let calls = 0;
    const denoiser = denoiserFromFunction(2, (x, _batch, _level, out) => {
      out.set(x);
      if (++calls === 9) controller.abort();
    });
    const given = options({ denoiser, grid: evenly(1), signal: controller.signal });
    expect(() => sample(engineOf(), given)).toThrow("aborted");
    expect(calls).toBe(13);
  });

  test("refuses a tolerance that float32 does not keep, by its key", () => {
    expect(() => createSampler({ kind: "rk45", rtol: 1e-9 })).toThrow("sampler.rtol must lie in [1e-7, 1], got 1e-9");
    expect(() => createSampler({ kind: "rk45", atol: 0 })).toThrow("sampler.atol must lie in [1e-7, 1], got 0");
  });
});
