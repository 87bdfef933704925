import { expect, it } from "vitest";
import { createGrid } from "../../src/diffusion/grids/index.js";
import { levelAt, snrOf } from "../../src/diffusion/schedule.js";
import { createSchedule, type NoiseScheduleSpec } from "../../src/diffusion/schedules/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";
import { levelHeader } from "../../src/kernels/index.js";
import { levelTable, levelWeights, trainingLevels } from "../../src/network/levels.js";
import { describeEngines } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const specs: readonly NoiseScheduleSpec[] = [
  { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 },
  { kind: "vp-cosine", tMin: 5e-3, tMax: 0.995 },
  { kind: "ou", tMin: 1e-3, tMax: 5 },
  { kind: "sub-vp" },
  { kind: "ve" },
  { kind: "edm" },
  { kind: "sigmoid" },
  { kind: "vp-cosine-shifted", shift: -1.4 },
  { kind: "linear-interpolation" },
  { kind: "user", times: [0.1, 1, 4], logSnr: [9, 0.5, -8] },
];

describeEngines("training levels", (engineOf) => {
  it.each(specs)("of spacing logsnr are evenly spread between the ends of the schedule: $kind", (spec) => {
    const schedule = createSchedule(spec);
    const { logSnr, alpha, sigma } = trainingLevels(engineOf(), schedule, { spacing: "logsnr", count: 7 });
    const [clean, noisy] = [schedule.logSnr(schedule.tMin), schedule.logSnr(schedule.tMax)];
    logSnr.forEach((value, k) => {
      expect(value).toBeCloseTo(clean + ((k + 0.5) / 7) * (noisy - clean), 9);
      expect(alpha[k] ** 2 + sigma[k] ** 2).toBeCloseTo(1, 14);
      expect(2 * Math.log(alpha[k] / sigma[k])).toBeCloseTo(value, 12);
    });
  });

  it.each(specs)("of a grid are the starts of its steps, with the snr that each step gains: $kind", (spec) => {
    const schedule = createSchedule(spec);
    const { times } = createGrid({ kind: "uniform-log-snr", steps: 9 }, schedule);
    const levels = trainingLevels(engineOf(), schedule, { spacing: "grid", times: [...times] });
    expect(levels.logSnr.length).toBe(9);
    for (let k = 0; k < 9; k++) {
      const [from, to] = [levelAt(schedule, times[k]), levelAt(schedule, times[k + 1])];
      expect(levels.logSnr[k]).toBeCloseTo(from.logSnr, 9);
      expect(levels.snrWidth[k] / (snrOf(to) - snrOf(from))).toBeCloseTo(1, 9);
    }
  });

  it("has cells that together span the snr of the schedule", () => {
    for (const spec of specs) {
      const schedule = createSchedule(spec);
      for (const spacing of ["time", "logsnr"] as const) {
        const { snrWidth } = trainingLevels(engineOf(), schedule, { spacing, count: 50 });
        const whole = Math.exp(schedule.logSnr(schedule.tMin)) - Math.exp(schedule.logSnr(schedule.tMax));
        expect(snrWidth.reduce((sum, width) => sum + width, 0) / whole).toBeCloseTo(1, 9);
      }
    }
  });

  it("weights the denoising error the same whatever the network predicts", () => {
    const schedule = createSchedule(specs[1]);
    const levels = trainingLevels(engineOf(), schedule, { spacing: "time", count: 5 });
    for (const weighting of ["snr", "min-snr", "edm", "certificate"] as const) {
      const [x0, v] = (["x0", "v"] as const).map((parameterization) =>
        levelWeights(networkOf({ dimension: 3, parameterization }), levels, weightings[weighting]),
      );
      expect(x0).toEqual(v);
      const spec = networkOf({ dimension: 3, parameterization: "x0", noiseFeatures: 4 });
      const table = levelTable(engineOf(), spec, levels, weightings[weighting]);
      x0.forEach((weight, k) => {
        expect(table[k * (levelHeader + 4) + 7]).toBe(Math.fround(weight / 3));
      });
    }
  });

  it("refuses times that are no grid of the schedule", () => {
    const schedule = createSchedule(specs[1]);
    expect(() => trainingLevels(engineOf(), schedule, { spacing: "grid", times: [0.5, 0.6] })).toThrow(
      /levels\.times\[1\] must be below levels\.times\[0\] = 0\.5/,
    );
  });
});
