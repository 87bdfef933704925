import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { folderInput } from "../../src/experiment/files/folder-input.js";
import { prepareRun } from "../../src/experiment/prepare/prepare-run.js";
import { type ExperimentOptions, runExperiment } from "../../src/experiment/run.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { engine, known } from "../support/wired-runs.js";
import { withoutTimes } from "../support/without-times.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A rate that rises past what is stable: the loss falls first, then rises. */
const training = {
  ...{ rounds: 40, localSteps: 2, batchSize: 16, ema: 0.3 },
  optimizer: { kind: "sgd", learningRate: 1.5 },
  rate: { kind: "constant", warmup: 40 },
  earlyStop: { patience: 4, rows: 30 },
} as const;

const config = (change: object = {}, more: object = {}): ConfigInput => ({
  ...known,
  training: { ...training, ...change },
  ...{ certificate: false, evaluation: { divergences: [] }, reference: { dense: false } },
  ...more,
});

const run = (given: ConfigInput, options: ExperimentOptions = {}) =>
  runExperiment(given, { pool: new InThreadPool(engine), variant: "simd", ...options });

describe("training.earlyStop", () => {
  it("ends training where the loss falls no more, and the model is that of the best round", async () => {
    const { training: trained, checksums } = await run(config());
    const losses = trained.perRound.map(({ heldOutLoss = Number.NaN }) => heldOutLoss);
    const best = losses.indexOf(Math.min(...losses));
    expect(best).toBeGreaterThan(2);
    expect(trained.rounds).toBe(best + 1 + training.earlyStop.patience);
    expect(trained.rounds).toBeLessThan(training.rounds);
    expect(trained.earlyStop).toEqual({ round: best, heldOutLoss: losses[best], reason: "patience" });
    const { earlyStop: _, ...all } = training;
    const short = await run({ ...config(), training: { ...all, rounds: best + 1 } });
    expect(checksums.parameters).toBe(short.checksums.parameters);
    expect(short.training).not.toHaveProperty("earlyStop");
  });

  it("keeps the best round where all are done, of those that are measured", async () => {
    const { training: trained } = await run(config({ rounds: 12, earlyStop: { patience: 30, every: 5, rows: 30 } }));
    const measured = trained.perRound.flatMap(({ round, heldOutLoss }) => (heldOutLoss === undefined ? [] : [round]));
    expect(measured).toEqual([4, 9]);
    expect(trained.rounds).toBe(12);
    expect(trained.earlyStop?.reason).toBe("rounds");
    expect(measured).toContain(trained.earlyStop?.round);
  });

  it("ends by the same rule in the dense reference", async () => {
    const { reference } = await run(config({}, { reference: { dense: true } }));
    expect(reference).toHaveProperty("earlyStop.round");
  });

  it("is resumed to the same result, from before its end and from after it", async () => {
    const straight = await run(config());
    const out = join(folder, "out");
    const stop = new AbortController();
    const onProgress: ExperimentOptions["onProgress"] = (event) => {
      if (event.kind === "round" && event.done === straight.training.rounds - 2) stop.abort();
    };
    await expect(run(config(), { out, signal: stop.signal, onProgress })).rejects.toMatchObject({
      code: "FEDSCORE_ABORTED",
    });
    expect(withoutTimes(await run(config(), { out, resume: true }))).toEqual(withoutTimes(straight));
    const longer = await run(config({ rounds: 60 }), { out, resume: true });
    expect(longer.training.rounds).toBe(straight.training.rounds);
    expect(longer.checksums.parameters).toBe(straight.checksums.parameters);
  });

  it("takes its rows from those that are held out, before all else", async () => {
    const prepare = (given: ConfigInput) => prepareRun(engine, parseConfig(given), folderInput("."), undefined);
    const [all, { earlyStop: _, ...plain }] = [await prepare(config()), training];
    const whole = await prepare({ ...config(), training: plain });
    expect(whole.deciding).toBeUndefined();
    expect([...(all.deciding ?? []), ...all.heldOut]).toEqual([...whole.heldOut]);
    expect(all.deciding).toHaveLength(30 * all.network.dimension);
    expect(all.data.heldOut.points).toHaveLength(50 * 2);
    expect(all.points).toEqual(whole.points);
  });

  it.each([
    [
      { rows: 77 },
      {},
      "config.training.earlyStop.rows must leave at least 4 of the 80 held-out rows to measure on, got 77",
    ],
    [{}, {}, "config.training.earlyStop.rows is missing: it must be an integer >= 1"],
    [{ rows: 9 }, { apriori: {} }, "config.apriori must be left out with config.training.earlyStop"],
  ])("%j is refused: %#", async (earlyStop, more, message) => {
    await expect(run(config({ earlyStop }, more))).rejects.toThrow(message);
  });
});
