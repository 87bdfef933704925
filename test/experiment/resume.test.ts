import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { type ExperimentOptions, runExperiment } from "../../src/experiment/run.js";
import { dataOfRun } from "../../src/experiment/stages/own-data.js";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/federation/checkpoint-format.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { changedJson } from "../support/changed-json.js";
import { simdEngine } from "../support/engines.js";
import { isThorough, tries } from "../support/thorough.js";
import { withoutTimes } from "../support/without-times.js";

/** Everything that a run carries from round to round is in use: probes, moving average, server state, capacities that move, reference. */
const config: ConfigInput = {
  name: "resumed",
  data: { kind: "ring", modes: 2, radius: 1, train: 200, heldOut: 50 },
  network: { hidden: [6, 6], noiseFeatures: 4 },
  training: { rounds: 9, localSteps: 2, batchSize: 16, optimizer: { kind: "sgd", learningRate: 1e-3 }, ema: 0.8 },
  federation: {
    clients: 3,
    capacities: [1, 0.5],
    participation: 0.7,
    capacityAssignment: "dynamic",
    server: { kind: "fedadam" },
    checkpointEvery: 4,
  },
  sampling: { grid: { kind: "uniform-log-snr", steps: 6 }, count: 40 },
  evaluation: { divergences: ["energyDistance"], samples: 40 },
  certificate: false,
  apriori: { every: 2, probes: 20 },
  reference: { dense: true },
};

const root = mkdtempSync(join(tmpdir(), "fedscore-resume-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (...names: string[]) => join(root, ...names);
const read = (...names: string[]) => readFileSync(at(...names));
const resultIn = (name: string) => withoutTimes(JSON.parse(read(name, "result.json").toString()));

const engine = await simdEngine();
const pool = new InThreadPool(engine);
const run = (out: string, options: ExperimentOptions = {}, changed: Partial<ConfigInput> = {}) =>
  runExperiment({ ...config, ...changed } as ConfigInput, { pool, variant: "simd", out: at(out), ...options });
const resume = (out: string, changed: Partial<ConfigInput> = {}) => run(out, { resume: true }, changed);

/** What a kill at the n-th event of progress would leave. */
const killed = (event: number) => `killed-${event}`;
let events = 0;

beforeAll(async () => {
  const onProgress = () => {
    cpSync(at("straight"), at(killed(events)), { recursive: true });
    rmSync(at(killed(events), "fedscore.lock"), { force: true });
    events++;
  };
  await run("straight", { onProgress });
}, 60_000);

function expectStraight(out: string): void {
  expect(resultIn(out)).toEqual(resultIn("straight"));
  for (const name of ["model.safetensors", "samples.npy"])
    expect(read(out, name).equals(read("straight", name)), name).toBe(true);
}

const isResumable = (out: string) => existsSync(at(out, "checkpoint.bin"));

describe("a resumed run", () => {
  it("has the result of a straight one, wherever it was killed", async () => {
    const resumable = Array.from({ length: events }, (_, event) => killed(event)).filter(isResumable);
    expect(resumable.length).toBeGreaterThan(20);
    for (const out of resumable.filter((_, place) => isThorough || place % 4 === 0)) {
      const copy = `${out}-copy`;
      cpSync(at(out), at(copy), { recursive: true });
      await resume(copy);
      expectStraight(copy);
    }
  });

  it.each([1, 2, 3, 5, 8])(
    "has the result of a straight one when it is interrupted after round %i, twice",
    async (rounds) => {
      const out = `interrupted-${rounds}`;
      for (const limit of [rounds, rounds + 1]) {
        const stop = new AbortController();
        const onProgress: ExperimentOptions["onProgress"] = (event) => {
          if (event.kind === "round" && event.done === limit) stop.abort();
        };
        const stopped = run(out, { resume: true, signal: stop.signal, onProgress });
        await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
      }
      await resume(out);
      expectStraight(out);
    },
  );

  it("has a log with one line a round, as a straight one, and what happened between", async () => {
    const out = "interrupted-5";
    const lines = read(out, "log.jsonl")
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const told = (stage: string) =>
      lines.filter((line) => line.event === "round" && line.stage === stage).map(({ round }) => round);
    expect(told("training")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(told("reference")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // One round of each two, drawn from the seed, and the end.
    expect(lines.filter(({ event }) => event === "probe").map(({ round }) => round)).toEqual([0, 1, 2, 4, 6, 8, 9]);
    expect(lines.filter(({ event }) => event === "resumed").map(({ rounds }) => rounds)).toEqual([
      { training: 6, reference: 0 },
    ]);
  });

  it("takes more rounds, after an interrupt and after its end, and has the result of the longer run", async () => {
    const longer = { training: { ...config.training, rounds: 11 } };
    await run("longer", {}, longer);
    cpSync(at("straight"), at("extended"), { recursive: true });
    cpSync(at("killed-12"), at("raised"), { recursive: true });
    expect(isResumable("raised")).toBe(true);
    for (const out of ["extended", "raised"]) {
      await resume(out, longer);
      expect(resultIn(out)).toEqual(resultIn("longer"));
      expect(read(out, "model.safetensors").equals(read("longer", "model.safetensors"))).toBe(true);
    }
    await expect(resume("extended")).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      message: expect.stringContaining("it has done 11 rounds, and config.training.rounds is 9"),
    });
  });
});

/** What becomes of a folder that is resumed: the code of the error, or "straight" where the result is that of the straight run. */
async function outcomeOf(out: string): Promise<string> {
  try {
    await resume(out);
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
  expectStraight(out);
  return "straight";
}

describe("a folder that a disk has damaged", () => {
  const base = killed(14);
  const damaged = "damaged";
  const fresh = () => {
    rmSync(at(damaged), { recursive: true, force: true });
    cpSync(at(base), at(damaged), { recursive: true });
  };

  it.each(["log.jsonl", "checkpoint.bin"])(
    "gives the same result or a typed error: one bit of %s is flipped, or its end is cut",
    async (name) => {
      const bytes = read(base, name);
      const outcomes: string[] = [];
      const flip = fc.record({ at: fc.nat(bytes.length - 1), bit: fc.nat(7), cut: fc.nat(5) });
      await fc.assert(
        fc.asyncProperty(flip, async ({ at: place, bit, cut }) => {
          fresh();
          const copy = Buffer.from(bytes);
          copy[place] ^= 1 << bit;
          const tail =
            cut === 1 ? Buffer.concat([bytes.subarray(0, place), Buffer.alloc(64)]) : bytes.subarray(0, place);
          writeFileSync(at(damaged, name), cut > 1 ? copy : tail);
          outcomes.push(await outcomeOf(damaged));
        }),
        { numRuns: tries(10, 40), seed: 5 },
      );
      expect([...new Set(outcomes)]).toEqual(name === "log.jsonl" ? ["straight"] : ["FEDSCORE_CHECKPOINT"]);
    },
  );

  it("gives a typed error where a checkpoint has the right checksum of its bytes and another content", async () => {
    const { values, arrays } = decodeCheckpoint(read(base, "checkpoint.bin"));
    await fc.assert(
      fc.asyncProperty(changedJson(values), async (changed) => {
        fresh();
        writeFileSync(at(damaged, "checkpoint.bin"), encodeCheckpoint({ values: changed as typeof values, arrays }));
        expect(["FEDSCORE_CHECKPOINT", "straight"]).toContain(await outcomeOf(damaged));
      }),
      { numRuns: tries(15, 60), seed: 6 },
    );
  });

  it("is named with its file and the way to start anew", async () => {
    fresh();
    const bytes = read(base, "checkpoint.bin");
    writeFileSync(at(damaged, "checkpoint.bin"), bytes.subarray(0, 100));
    await expect(resume(damaged)).rejects.toMatchObject({
      message: `cannot resume from ${at(damaged, "checkpoint.bin")}: its checksum does not match: it was cut off or changed; --overwrite alone, without --resume, starts again`,
    });
    await run(damaged, { overwrite: true });
    expectStraight(damaged);
  });

  it("says how many lines of the log were lost", async () => {
    fresh();
    const lines = read(base, "log.jsonl").toString().split("\n");
    lines[3] = lines[3].slice(0, 10);
    writeFileSync(at(damaged, "log.jsonl"), `${lines.join("\n")}\0\0\0`);
    expect(await outcomeOf(damaged)).toBe("straight");
    const resumed =
      read(damaged, "log.jsonl")
        .toString()
        .split("\n")
        .find((line) => line.includes('"event":"resumed"')) ?? "";
    expect(JSON.parse(resumed)).toMatchObject({ damagedLines: 2 });
  });

  it("leaves nothing of what was being written", async () => {
    fresh();
    writeFileSync(at(damaged, "checkpoint.bin.4711.tmp"), "half");
    await resume(damaged);
    expect(readdirSync(at(damaged)).sort()).toEqual(readdirSync(at("straight")).sort());
  });
});

describe("a resumed run of something else", () => {
  it("is refused by the key: config, build of the kernels, version", async () => {
    const out = killed(14);
    await expect(resume(out, { seed: 5 })).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
      message: expect.stringContaining("(seed differs)"),
    });
    await expect(run(out, { resume: true, variant: "relaxed" })).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      message: expect.stringMatching(/the run was begun with variant "simd", not "relaxed"; --overwrite alone/),
    });
    await expect(run("straight", { resume: true, variant: "relaxed" })).rejects.toMatchObject({
      code: "FEDSCORE_FILE",
    });
  });

  it.each(["drawn", "read"])(
    "of %s rows is told that its result was changed, and not that the data are others",
    async (source) => {
      const rows = Array.from({ length: 90 }, (_, row) => `${Math.sin(row)},${Math.cos(3 * row)}`).join("\n");
      writeFileSync(at("rows.csv"), rows);
      const data = { kind: "csv", path: at("rows.csv"), header: false, heldOut: 20 } as const;
      const changed = source === "read" ? { data } : {};
      const out = `changed-${source}`;
      await run(out, {}, changed);
      const path = at(out, "result.json");
      const result: ExperimentResult = JSON.parse(readFileSync(path, "utf8"));
      const edited = { ...result, config: { ...result.config, seed: 5 } };
      writeFileSync(path, JSON.stringify(edited));
      const reason = "result.json was changed after its run: checksums.config is not that of its config";
      await expect(resume(out, { ...changed, seed: 5 })).rejects.toMatchObject({
        code: "FEDSCORE_FILE",
        message: `cannot use output folder ${at(out)}: its ${reason}. Choose another --out, or --overwrite alone to replace it`,
      });
      await expect(dataOfRun(engine, edited, ".")).rejects.toMatchObject({
        code: "FEDSCORE_INVALID_DATA",
        message: reason,
      });
      writeFileSync(path, JSON.stringify(result));
      expect(await resume(out, changed)).toMatchObject({ config: { seed: result.config.seed } });
      expect((await dataOfRun(engine, result, ".")).train.dimension).toBe(2);
    },
  );
});
