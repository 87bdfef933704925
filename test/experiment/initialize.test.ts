import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { trainBlocks } from "../../src/federation/training-tasks.js";
import { sha256 } from "../../src/sha256.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { RecordingPool } from "../support/recording-pool.js";
import { common, engine, known } from "../support/wired-runs.js";

const network = { ...common.network, sigmaData: 1 };
const small: ConfigInput = { ...known, network, certificate: false, evaluation: { divergences: [] } };
const starting = (change: object = {}): ConfigInput => ({
  ...small,
  seed: 77,
  training: { ...common.training, initialize: "model.safetensors", ...change },
});

let folder: string;
let first: ExperimentResult;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
  const out = join(folder, "first");
  first = await runExperiment(small, { pool: new InThreadPool(engine), variant: "simd", out });
  copyFileSync(join(out, "model.safetensors"), join(folder, "model.safetensors"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (config: ConfigInput, more: object = {}) =>
  runExperiment(config, { pool: new InThreadPool(engine), variant: "simd", folder, ...more });

describe("training.initialize", () => {
  it("names what of the network is another's", async () => {
    await expect(run({ ...starting(), network: { ...network, sigmaData: 2 } })).rejects.toThrow(
      /^config\.training\.initialize must be a model of the same network: network\.sigmaData is 1 there and 2 here$/,
    );
    await expect(run({ ...starting(), network: { ...network, hidden: [9] } })).rejects.toThrow(
      "network.hidden is [8] there and [9] here",
    );
    await expect(run(starting({ initialize: "none.safetensors" }))).rejects.toThrow(
      /^config\.training\.initialize: cannot read .*none\.safetensors: no such file or folder$/,
    );
  });

  it("is where the federation and its reference begin, and result.json says so", async () => {
    const pool = new RecordingPool(engine);
    const result = await run(starting(), { pool });
    expect(result.checksums.initial).toBe(first.checksums.parameters);
    expect(first.checksums).not.toHaveProperty("initial");
    const starts = pool.setupsOf(trainBlocks.kept).map(({ parameters }) => parameters);
    expect(starts).toHaveLength(4);
    expect(sha256(starts[0])).toBe(first.checksums.parameters);
    expect(starts[2]).toEqual(starts[0]);
    expect(starts[1]).not.toEqual(starts[0]);
  });

  it("a finished run from another model than the one that is there now is not taken for this one", async () => {
    const out = join(folder, "second");
    const config = starting();
    const { checksums } = await run(config, { out });
    expect((await run(config, { out, resume: true })).checksums).toEqual(checksums);
    copyFileSync(join(out, "model.safetensors"), join(folder, "model.safetensors"));
    await expect(run(config, { out, resume: true })).rejects.toThrow(
      "it holds the finished run of this config from another model: config.training.initialize has other parameters now",
    );
  });
});
