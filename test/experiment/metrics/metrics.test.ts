import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32c } from "../../../src/crc32.js";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { metricsFormats } from "../../../src/experiment/metrics/index.js";
import { type ExperimentOptions, runExperiment } from "../../../src/experiment/run.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { computed } from "../../support/computed.js";
import { common, engine, known } from "../../support/wired-runs.js";

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fedscore-")), "out");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const config = (metrics: readonly ("csv" | "tensorboard")[]): ConfigInput => ({
  ...known,
  training: { ...common.training, rounds: 4 },
  ...{ federation: { clients: 4, checkpointEvery: 1 }, certificate: false, evaluation: { divergences: [] } },
  output: { metrics: [...metrics] },
});

const run = (given: ConfigInput, options: ExperimentOptions = {}) =>
  runExperiment(given, { pool: new InThreadPool(engine), variant: "simd", out: folder, ...options });

const read = (name: string) => readFileSync(join(folder, name));

/** Lines of metrics.csv as objects. */
function table(): Record<string, string>[] {
  const [head, ...lines] = read("metrics.csv").toString().trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index], cell])));
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** What another program reads in an event file. */
function events(): { step: number | null; time: number; version?: string; scalars?: Record<string, number> }[] {
  const program = new URL("events.py", import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync("python3", [program], { input: read("events.out.tfevents.fedscore") });
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout.toString());
}

it("CRC-32C has the checksums of RFC 3720, appendix B.4, and of its nine digits", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

describe("output.metrics", () => {
  it("csv has a line for each round, of the training and of its reference, with the result's numbers", async () => {
    const { training, reference } = await run(config(["csv"]));
    const rows = table();
    expect(rows.map(({ stage, round }) => `${stage} ${round}`)).toEqual(
      ["training", "reference"].flatMap((stage) => [0, 1, 2, 3].map((round) => `${stage} ${round}`)),
    );
    expect(rows.slice(0, 4).map(({ loss }) => Number(loss))).toEqual(training.loss);
    expect(rows.slice(4).map(({ loss }) => Number(loss))).toEqual(computed(reference)?.loss);
    expect(rows[2]).toMatchObject({ participants: "4", absent: "0", heldOutLoss: "" });
    expect(Number(rows[2].bytesUp)).toBe(training.perRound[2].bytesUp);
    expect(existsSync(join(folder, metricsFormats.tensorboard.file))).toBe(false);
  });

  it.runIf(hasPython)("tensorboard has them as scalars that another program reads", async () => {
    const before = Date.now() / 1000;
    const { training } = await run(config(["tensorboard"]));
    const [first, ...rounds] = events();
    expect(first).toMatchObject({ version: "brain.Event:2", step: null });
    expect(rounds.map(({ step }) => step)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    expect(rounds[3].scalars?.["training/loss"]).toBe(Math.fround(training.loss[3]));
    expect(rounds[3].scalars?.["training/bytesUp"]).toBe(Math.fround(training.perRound[3].bytesUp));
    expect(Object.keys(rounds[4].scalars ?? {})).toContain("reference/loss");
    expect(rounds[0].time).toBeGreaterThanOrEqual(before);
    expect(existsSync(join(folder, metricsFormats.csv.file))).toBe(false);
  });

  it("goes on after the rounds of the checkpoint, whatever a crash left of the file", async () => {
    const stop = new AbortController();
    const onProgress: ExperimentOptions["onProgress"] = (event) => {
      if (event.kind === "round" && event.done === 2) stop.abort();
    };
    const both = config(["csv", "tensorboard"]);
    await expect(run(both, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
    expect(table()).toHaveLength(2);
    const { checksums } = await run(both, { resume: true });
    expect(table().map(({ stage, round }) => `${stage[0]}${round}`)).toEqual("t0 t1 t2 t3 r0 r1 r2 r3".split(" "));
    if (hasPython) expect(events()).toHaveLength(9);
    const plain = await run(config([]), { overwrite: true });
    expect(plain.checksums).toEqual(checksums);
    expect(existsSync(join(folder, metricsFormats.csv.file))).toBe(false);
  });
});
