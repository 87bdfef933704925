import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { simdEngine } from "../../support/engines.js";
import { gaussianSample } from "../../support/samples.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fedscore-range-"));
});
afterAll(() => rm(folder, { recursive: true }));

const engine = await simdEngine();
const sample = Array.from({ length: 60 }, (_, row) =>
  [...gaussianSample(engine, 60, 2, 1)].slice(2 * row, 2 * row + 2),
);

/** A run whose data are the same rows under a map, prepared as far as training. */
async function prepared(map: (value: number, column: number) => number, config: object) {
  const text = sample.map((row) => row.map((value, column) => map(value, column)).join(",")).join("\n");
  await writeFile(join(folder, "x.csv"), text);
  const parsed = parseConfig({ name: "x", seed: 1, data: { kind: "csv", path: "x.csv", header: false }, ...config });
  return prepareRun(engine, parsed, folderInput(folder), undefined);
}

const standardized = { transforms: [{ kind: "standardize" }] };

describe("before anything is trained", () => {
  it.each([
    [
      (value: number) => value * 1e20,
      /column 0 of the training rows of config.data lies in .* add \{ "kind": "standardize" \} to config.transforms/,
    ],
    [
      (value: number) => value * 1e-30,
      /column 0 of the training rows of config.data lies in .* vary by 8.67e-19 or more/,
    ],
    [(value: number, column: number) => (column === 1 ? value * 1e20 : value), /column 1 of the training rows/],
    [
      (value: number, column: number) => (column === 1 ? 1e7 + value : value),
      /column 1 of config.data lies around 1.000e\+7 and varies by .*, which float32 rounds by 0.49: add/,
    ],
  ])("rows that float32 cannot train on are refused, and standardized ones are not: %s", async (map, message) => {
    await expect(prepared(map, {})).rejects.toThrow(message);
    const [plain, mapped] = [await prepared((value) => value, standardized), await prepared(map, standardized)];
    const gap = plain.points.reduce((most, value, at) => Math.max(most, Math.abs(value - mapped.points[at])), 0);
    expect(gap).toBeLessThan(1e-5);
    expect(mapped.network.sigmaData).toBeCloseTo(plain.network.sigmaData, 5);
  });

  it("levels and steps that numbers cannot hold are refused by their keys", async () => {
    const refused = (config: object) => expect(prepared((value) => value, config)).rejects;
    await refused({ schedule: { kind: "ou", tMax: 1000 } }).toThrow(
      "config.schedule.tMax must lie in (0, 350], got 1000",
    );
    await refused({ schedule: { kind: "vp-linear", betaMax: 1e5 } }).toThrow(
      "config.schedule.betaMax must lie in [0.001, 1400], got 100000",
    );
    await refused({ sampling: { grid: { kind: "karras", steps: 5, rho: 1e300 } } }).toThrow(
      /config.sampling.grid.rho must lie in \[0.0\d+, \d+\] between these ends, got 1e\+300/,
    );
    await refused({ schedule: { kind: "ou", tMax: 200 }, network: { parameterization: "eps" } }).toThrow(
      /config.network.parameterization must stay within float32 .*, got "eps"/,
    );
    await refused({
      schedule: { kind: "ou", tMin: 1e-60 },
      certificate: false,
      network: { parameterization: "x0" },
      training: { weighting: "snr", levels: { spacing: "logsnr" } },
    }).toThrow(/config.training.weighting must stay within float32 .*, got "snr"/);
    await refused({
      schedule: { kind: "ou", tMax: 300 },
      sampling: { sampler: "exponential-integrator", grid: { kind: "uniform", steps: 4 } },
    }).toThrow(/config.sampling.grid must have shorter steps for exponential-integrator, or nearer ends: step \d/);
  });
});
