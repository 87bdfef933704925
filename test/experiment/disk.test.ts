import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FedscoreError } from "../../src/errors.js";
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
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

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

describe("an error of training, and a checkpoint that cannot be written", () => {
  const refusal = () => `cannot write ${join(out, "checkpoint.bin")}: `;
  const lost = new FedscoreError("FEDSCORE_WORKER", "lost again and again", { worker: 1 });
  const diverged = new FedscoreError("FEDSCORE_NON_FINITE", "NaN", { round: 3 });

  /** What a run ends with that trains three rounds, after which its folder is changed and training fails. */
  const endOf = async (
    error: Error,
    change: () => void,
    checkpointEvery = 10,
  ): Promise<Error & { cause?: unknown }> => {
    const { onProgress } = whenDone(3, () => {
      change();
      vi.spyOn(pool, "call").mockRejectedValueOnce(error);
    });
    const federation = { clients: 2, checkpointEvery };
    return runExperiment({ ...config, federation }, { pool, variant: "simd", out, onProgress }).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
  };

  it("are both told, with the code and details of the first", async () => {
    const error = await endOf(lost, aFolderInPlaceOf("checkpoint.bin"));
    expect(error).toMatchObject({ code: "FEDSCORE_WORKER", details: { worker: 1 } });
    const [first, second] = error.message.split("\n");
    expect(first).toBe("lost again and again");
    expect(second).toMatch(`the last whole rounds are not kept: ${refusal()}`);
    expect(error.cause).toMatchObject({ errors: [lost, { code: "FEDSCORE_FILE" }] });
  });

  it("of training that diverged claim no checkpoint that is not there", async () => {
    const error = await endOf(diverged, aFolderInPlaceOf("checkpoint.bin"));
    expect(error).toMatchObject({ code: "FEDSCORE_NON_FINITE", details: { round: 3 } });
    const [first, second, third, last] = error.message.split("\n");
    expect(first).toBe("NaN");
    expect(second).toMatch(`the last whole rounds are not kept: ${refusal()}`);
    expect(third).toMatch(/^training diverged/);
    expect(last).toBe(`kept: ${join(out, "log.jsonl")}; there is no checkpoint`);
  });

  it.runIf(existsSync("/dev/full"))("leave the checkpoint before, which the message names", async () => {
    const { message } = await endOf(diverged, fullDisk(`checkpoint.bin.${process.pid}.tmp`), 2);
    const [, second, , last] = message.split("\n");
    expect(second).toBe(`the last whole rounds are not kept: ${refusal()}no space left on the device`);
    expect(last).toMatch(`kept: ${join(out, "checkpoint.bin")}, training up to the end of round 1, and `);
    rmSync(join(out, `checkpoint.bin.${process.pid}.tmp`), { force: true });
    expect((await run({ resume: true })).training.rounds).toBe(6);
  });

  it("that somebody removes is not claimed either", async () => {
    const { message } = await endOf(diverged, () => rmSync(join(out, "checkpoint.bin")), 3);
    expect(message.split("\n").at(-1)).toBe(`kept: ${join(out, "log.jsonl")}; there is no checkpoint`);
  });

  it("of a mistake have the stack of the mistake", async () => {
    const mistake = new TypeError("x is not a function");
    const error = await endOf(mistake, aFolderInPlaceOf("checkpoint.bin"));
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.message).toMatch(`x is not a function\nthe last whole rounds are not kept: ${refusal()}`);
    expect(error.stack).toContain(mistake.stack);
    expect(error).toMatchObject({ errors: [mistake, { code: "FEDSCORE_FILE" }] });
  });

  it("of an interrupted run say why in place of the interrupt", async () => {
    const stop = new AbortController();
    const { onProgress } = whenDone(3, () => {
      aFolderInPlaceOf("checkpoint.bin")();
      stop.abort();
    });
    await expect(run({ onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: expect.stringMatching(
        new RegExp(`^${refusal()}.*\nthe last rounds of the interrupted run are not kept: the operation was aborted$`),
      ),
    });
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
