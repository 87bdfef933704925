import { describe, expect, it } from "vitest";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { certifiedTimes, compareGrids, discretizationOn, snrLadder } from "../../src/theory/certified-grid.js";
import { coordinateErrorSums } from "../../src/theory/coordinate-errors.js";
import { denoisingErrorRows } from "../../src/theory/denoising-errors.js";
import { gaussianAncestralDiscretization } from "../../src/theory/gaussian-discretization.js";
import { curveAt, gaussianMmseCurve } from "../../src/theory/mmse-curve.js";
import { estimateMmse } from "../../src/theory/mmse-monte-carlo.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { describeEngines, simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { RecordingPool } from "../support/recording-pool.js";

const schedule = createSchedule({ kind: "ou", tMin: 1e-3, tMax: 5 });
const snr = snrLadder(schedule, { steps: 1 }, 41);

describeEngines("mmse by Monte Carlo", (engineOf) => {
  it("agrees with the closed form of a Gaussian: curve, Fisher information, standard errors", async () => {
    const law = { of: { kind: "low-rank", dimension: 4, rank: 2, noise: 0.3 } } as const;
    const request = { clean: law, denoiser: law, dimension: 4, snr, samples: 8192, seed: 2 };
    const estimate = await estimateMmse(new InThreadPool(engineOf()), request);
    const variances = [1.09, 1.09, 0.09, 0.09];
    const closed = gaussianMmseCurve(variances, snr);
    expect(estimate.kind).toBe("mmse");
    estimate.mean.forEach((mean, i) => {
      expect(Math.abs(mean - closed.mmse[i])).toBeLessThan(4.5 * estimate.standardError[i]);
      expect(Math.abs(estimate.curve.mmse[i] - closed.mmse[i])).toBeLessThan(4.5 * estimate.standardError[i]);
      // The standard error of |e|^2, e ~ N(0, diag(m_j)): sqrt(2 sum m_j^2 / n).
      const posterior = variances.map((v) => v / (1 + snr[i] * v));
      const deviation = Math.sqrt((2 * posterior.reduce((sum, m) => sum + m * m, 0)) / 8192);
      expect(Math.abs(estimate.standardError[i] / deviation - 1)).toBeLessThan(0.1);
      const fisher = variances.reduce((sum, v) => sum + (1 + snr[i]) / (1 + snr[i] * v), 0);
      expect(Math.abs(estimate.fisher[i] / fisher - 1)).toBeLessThan(0.05 + (0.05 * snr[i]) / (1 + snr[i]));
    });
  });

  it("meets the denoiser no more often for the coordinates, and has the same means and standard errors", async () => {
    const law = { of: { kind: "ring" } } as const;
    const request = { clean: law, denoiser: law, dimension: 2, snr, samples: 300, seed: 3 };
    const pools = [0, 1].map(() => new RecordingPool(engineOf()));
    const plain = await estimateMmse(pools[0], request);
    const each = await estimateMmse(pools[1], { ...request, coordinates: true });
    expect([each.mean, each.standardError]).toEqual([plain.mean, plain.standardError]);
    const calls = pools.map((pool) => [
      pool.callsOf(denoisingErrorRows.call).length,
      pool.callsOf(coordinateErrorSums.call).length,
    ]);
    expect(calls).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it("has the curve of each coordinate, which add up to the whole one", async () => {
    const variances = [2, 0.3, 0.01];
    const law = {
      of: {
        kind: "normal",
        mean: new Float64Array(3),
        variances: Float64Array.from(variances),
        axes: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      },
    } as const;
    const request = { clean: law, denoiser: law, dimension: 3, snr, samples: 4096, seed: 2, coordinates: true };
    const { curve, mean } = await estimateMmse(new InThreadPool(engineOf()), request);
    variances.forEach((v, j) => {
      curve.coordinates?.[j].forEach((value, i) => {
        // The square of a normal has a deviation of sqrt(2) times its mean: 4.5 of sqrt(2 / 4096).
        expect(Math.abs(value / (v / (1 + snr[i] * v)) - 1)).toBeLessThan(0.1);
        if (i > 0) expect(value).toBeLessThanOrEqual((curve.coordinates?.[j][i - 1] ?? Number.NaN) * (1 + 1e-12));
      });
    });
    curve.mmse.forEach((value, i) => {
      const sum = curve.coordinates?.reduce((total, each) => total + each[i], 0) ?? Number.NaN;
      expect(value).toBeCloseTo(sum, 12);
      expect(Math.abs(value / mean[i] - 1)).toBeLessThan(0.02);
    });
    const between = curveAt(curve, Float64Array.of(snr[0], Math.sqrt(snr[3] * snr[4]), snr[40]));
    between.coordinates?.forEach((values, j) => {
      const own = curve.coordinates?.[j] ?? new Float64Array();
      [own[0], 0.5 * (own[3] + own[4]), own[40]].forEach((value, i) => {
        expect(values[i]).toBeCloseTo(value, 12);
      });
    });
    expect(between.coordinates).toHaveLength(3);
  });

  it("calls the curve of a network an upper one, above that of the exact denoiser", async () => {
    const spec = networkOf({ dimension: 2, hidden: [8], parameterization: "edm" });
    const network = { spec, parameters: initializeParameters(engineOf(), spec, 1) };
    const law = { of: { kind: "ring", radius: 1.4 } } as const;
    const pool = new InThreadPool(engineOf());
    const common = { clean: law, dimension: 2, snr, samples: 4096, seed: 2 };
    const upper = await estimateMmse(pool, { ...common, denoiser: network });
    const exact = await estimateMmse(pool, { ...common, denoiser: law });
    expect(upper.kind).toBe("upper");
    upper.mean.forEach((value, i) => {
      expect(value).toBeGreaterThan(exact.mean[i] - 4.5 * exact.standardError[i]);
    });
  });
});

describe("grids for a curve", () => {
  it("interpolate a curve exactly at its points, its integral too", () => {
    const curve = gaussianMmseCurve([0.5, 2], snr);
    const same = curveAt(curve, snr);
    same.mmse.forEach((value, i) => {
      expect(value).toBeCloseTo(curve.mmse[i], 12);
      expect(same.integral[i]).toBeCloseTo(curve.integral[i], 9);
    });
  });

  it("find the closed-form discretization of a Gaussian from its curve", () => {
    const fine = gaussianMmseCurve([0.25, 0.25], snrLadder(schedule, { steps: 1 }, 4001));
    const [certified, ...others] = compareGrids(fine, schedule, { steps: 50 });
    for (const { times, discretization } of [certified, ...others]) {
      const grid = { name: "", times: Float64Array.from(times) };
      const closed = gaussianAncestralDiscretization(schedule, grid, [0.25, 0.25]);
      expect(Math.abs(discretization / closed - 1)).toBeLessThan(1e-4);
      expect(certified.discretization).toBeLessThanOrEqual(discretization);
    }
    // For a Gaussian the best grid is uniform in log(1 / s2 + snr): N steps of a ratio r each cost (r - 1 - log r) / 2 per dimension.
    const [low, high] = [4 + fine.snr[0], 4 + fine.snr[4000]];
    const r = (high / low) ** (1 / 50);
    const best = 50 * (r - 1 - Math.log(r));
    expect(certified.discretization).toBeGreaterThan(best * (1 - 1e-4));
    expect(certified.discretization).toBeLessThan(best * 1.01);
  });

  it("beat the others on the mixture, by the curve and on fresh samples", async () => {
    const engine = await simdEngine();
    const law = { of: { kind: "ring" }, affine: { shift: new Float64Array(2), scale: 2.85 } } as const;
    const common = { clean: law, denoiser: law, dimension: 2, samples: 4096 };
    const pool = new InThreadPool(engine);
    const ladder = snrLadder(schedule, { steps: 1 }, 97);
    const [first, second] = await Promise.all(
      [1, 2].map((seed) => estimateMmse(pool, { ...common, snr: ladder, seed })),
    );
    const range = { steps: 40 };
    const times = Float64Array.from(certifiedTimes(first.curve, schedule, range));
    expect(times.length).toBe(41);
    expect([times[0], times[40]]).toEqual([5, 1e-3]);
    const own = discretizationOn(second.curve, schedule, { name: "certified", times });
    const [, ...others] = compareGrids(second.curve, schedule, range);
    expect(others.map(({ grid }) => grid)).toEqual(["benton", "karras", "uniform-log-snr", "uniform"]);
    for (const { grid, discretization } of others) expect(own, grid).toBeLessThan(discretization);
  });
});
