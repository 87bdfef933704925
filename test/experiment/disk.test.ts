import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { type ExperimentOptions, runExperiment } from "../../src/experiment/run.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";

const config: ConfigInput = {
  name: "disk",
  data: { kind: "ring", train: 60, heldOut: 20 },
  network: { hidden: [4], noiseFeatures: 2 },
  training: { rounds: 6, localSteps: 1, batchSize: 8 },
  federation: { clients: 2, checkpointEvery: 2 },
  sampling: { grid: { kind: "uniform-log-snr", steps: 4 }, count: 20 },
  evaluation: { divergences: [] },
  certificate: false,
};
const pool = new InThreadPool(await simdEngine());

let root: string;
let out: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fedscore-disk-"));
  out = join(root, "out");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (options: ExperimentOptions = {}) => runExperiment(config, { pool, variant: "simd", out, ...options });

/** Does something to the folder when a round is done. */
const whenDone = (round: number, change: () => void): ExperimentOptions => ({
  onProgress: (event) => {
    if (event.kind === "round" && event.done === round) change();
  },
});

const fullDisk = (name: string) => () => {
  rmSync(join(out, name), { force: true });
  symlinkSync("/dev/full", join(out, name));
};
const aFileInItsPlace = () => {
  rmSync(out, { recursive: true });
  writeFileSync(out, "");
};
const aFolderInPlaceOf = (name: string) => () => {
  rmSync(join(out, name), { force: true });
  mkdirSync(join(out, name, "inner"), { recursive: true });
};

describe("a folder that goes wrong while a run writes into it", () => {
  it.each<[string, () => void, string, RegExp]>([
    ["it is removed", () => rmSync(out, { recursive: true }), "log.jsonl", /no such file or folder/],
    ["a file takes its place", aFileInItsPlace, "log.jsonl", /a part of the path is not a folder/],
    ["its log becomes a folder", aFolderInPlaceOf("log.jsonl"), "log.jsonl", /it is a folder/],
    [
      "its checkpoint becomes a folder",
      aFolderInPlaceOf("checkpoint.bin"),
      "checkpoint.bin",
      /it is a folder|not empty/,
    ],
    ["its samples become a folder", aFolderInPlaceOf("samples.npy"), "samples.npy", /it is a folder|not empty/],
  ])("is named with the reason: %s", async (_, change, name, reason) => {
    const failed = run(whenDone(3, change));
    await expect(failed).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: expect.stringMatching(new RegExp(`^cannot write ${join(out, name)}: (${reason.source})`)),
    });
  });

  it
    .runIf(existsSync("/dev/full"))
    .each([
      "log.jsonl",
      ...["checkpoint.bin", "model.safetensors", "samples.npy"].map((name) => `${name}.${process.pid}.tmp`),
    ])("is named with the reason when the disk is full: %s", async (name) => {
    const failed = run(whenDone(3, fullDisk(name)));
    const path = join(out, name.replace(`.${process.pid}.tmp`, ""));
    await expect(failed).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: `cannot write ${path}: no space left on the device`,
    });
    rmSync(join(out, name), { force: true });
    const result = await run({ resume: true });
    expect(result.training.rounds).toBe(6);
  });

  it("of an interrupted run that cannot keep its checkpoint says so in place of the interrupt", async () => {
    const stop = new AbortController();
    const { onProgress } = whenDone(3, () => {
      aFolderInPlaceOf("checkpoint.bin")();
      stop.abort();
    });
    await expect(run({ onProgress, signal: stop.signal })).rejects.toMatchObject({ code: "FEDSCORE_FILE" });
  });

  it("is named at resume", async () => {
    const stop = new AbortController();
    await expect(run({ ...whenDone(3, () => stop.abort()), signal: stop.signal })).rejects.toMatchObject({
      code: "FEDSCORE_ABORTED",
    });
    aFolderInPlaceOf("log.jsonl")();
    await expect(run({ resume: true })).rejects.toMatchObject({ code: "FEDSCORE_FILE" });
    aFolderInPlaceOf("checkpoint.bin")();
    await expect(run({ resume: true })).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: `cannot read ${join(out, "checkpoint.bin")}: it is a folder`,
    });
    aFileInItsPlace();
    await expect(run({ resume: true })).rejects.toMatchObject({ code: "FEDSCORE_FILE" });
  });
});

describe("two runs into one folder", () => {
  it("are one run and a clear error", async () => {
    const [first, second] = await Promise.allSettled([run(), run()]);
    expect(first.status).toBe("fulfilled");
    expect(second).toMatchObject({
      status: "rejected",
      reason: {
        code: "FEDSCORE_FILE",
        message: expect.stringMatching(
          /this process has been writing into it since .*: wait for it, stop it, or choose another --out/,
        ),
      },
    });
  });
});
