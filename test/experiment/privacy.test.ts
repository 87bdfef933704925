/** Runs with config.privacy: what they spend, where they end, and what they tell. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { folderInput } from "../../src/experiment/files/folder-input.js";
import { accountRun } from "../../src/experiment/prepare/account-run.js";
import { PrivacyAccount } from "../../src/experiment/prepare/privacy-account.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { type ExperimentOptions, runExperiment } from "../../src/experiment/run.js";
import { epsilonOf } from "../../src/privacy/epsilon.js";
import { runReport } from "../../src/report/run-report.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
const folder = mkdtempSync(join(tmpdir(), "fedscore-privacy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const client = { kind: "client", clipNorm: 0.5, noiseMultiplier: 4, delta: 1e-3, reproducible: true } as const;

function config(overrides: Partial<ConfigInput> = {}): ConfigInput {
  return {
    name: "private",
    data: { kind: "ring", train: 64, heldOut: 20 },
    network: { hidden: [8], noiseFeatures: 4, conditioning: "film", classes: 8 },
    training: { rounds: 12, localSteps: 1, batchSize: 4 },
    federation: { clients: 6, participation: 0.5, nonFinite: "drop" },
    sampling: { count: 10, grid: { kind: "uniform-log-snr", steps: 4 } },
    certificate: false,
    evaluation: { divergences: [] },
    privacy: client,
    ...overrides,
  };
}

const run = (given: ConfigInput, options: ExperimentOptions = {}): Promise<ExperimentResult> =>
  runExperiment(given, { pool: new InThreadPool(engine), variant: "simd", ...options });

describe("a run whose clients are protected", () => {
  it("says what it has spent, and nothing of who took part or what they lost", async () => {
    const out = join(folder, "client");
    const result = await run(config(), { out });
    const steps = { sampleRate: 0.5, noiseMultiplier: 4, steps: 12 };
    expect(result.privacy).toMatchObject({
      unit: "client",
      ...epsilonOf([steps], 1e-3),
      ...steps,
      reproducible: true,
      stopped: false,
    });
    const curve = result.privacy?.perRound ?? [];
    expect(curve.map(({ round }) => round)).toEqual(Array.from({ length: 12 }, (_, round) => round + 1));
    expect(curve.at(-1)?.epsilon).toBe(result.privacy?.epsilon);
    expect(curve.every(({ epsilon }, index) => index === 0 || epsilon >= curve[index - 1].epsilon)).toBe(true);
    expect([result.clients, result.training.loss, result.partition]).toEqual([[], [], undefined]);
    expect(result.training.perRound.every((round) => round.participants === 3 && !("loss" in round))).toBe(true);
    const rounds = readFileSync(join(out, "log.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"event":"round"'));
    expect(rounds).toHaveLength(12);
    for (const line of rounds)
      expect(JSON.parse(line)).toMatchObject({ clients: { id: [], loss: [] }, absent: [], dropped: [] });
    expect(rounds.some((line) => JSON.parse(line).loss !== undefined)).toBe(false);
    expect(result.privacy?.notCovered.join()).toContain("held-out rows");
    // How many training rows each class has is no secret of other models.
    expect(readFileSync(join(out, "model.safetensors"), "latin1")).not.toContain("classCounts");
  });

  it("has virtual time that does not say who took part", async () => {
    const profile = { flopsPerSecond: 1e6, memoryBytes: 1e9, uplink: 1e4, downlink: 1e4 };
    const devices = {
      profiles: [
        { name: "slow", ...profile },
        { name: "quick", ...profile, uplink: 1e6 },
      ],
    };
    const federation = { clients: 6, participation: 0.5, nonFinite: "drop", devices } as const;
    const shorter = config({ federation, training: { rounds: 2, localSteps: 1, batchSize: 4 } });
    const out = join(folder, "devices");
    const result = await run(shorter, { out, drawReport: runReport });
    expect(result.devices?.classes).toEqual(
      ["slow", "quick"].map((name) => ({ name, share: 1, clients: 3, keepRatio: 1 })),
    );
    const [first, second] = result.training.perRound.map(({ virtual }) => virtual);
    expect(second?.end).toBe(2 * (first?.seconds ?? 0));
    expect(result.clients).toEqual([]);
    const report = readFileSync(join(out, "report.html"), "utf8");
    expect(report).toContain("Kinds of devices");
    expect(report).not.toContain("seconds are means over");
  });

  it("ends before the round that would spend too much, and --resume goes no further", async () => {
    const out = join(folder, "budget");
    const spent = (rounds: number) => epsilonOf([{ sampleRate: 0.5, noiseMultiplier: 4, steps: rounds }], 1e-3).epsilon;
    const epsilon = 0.5 * (spent(7) + spent(8));
    const limited = config({ privacy: { ...client, epsilon } });
    const result = await run(limited, { out });
    expect(result.training.rounds).toBe(7);
    expect(result.privacy).toMatchObject({ epsilon: spent(7), budget: epsilon, stopped: true });
    const longer = config({ privacy: { ...client, epsilon }, training: { rounds: 20, localSteps: 1, batchSize: 4 } });
    const resumed = await run(longer, { out, resume: true });
    expect(resumed.training.rounds).toBe(7);
    expect(resumed.checksums.parameters).toBe(result.checksums.parameters);
    const raised = { ...longer, privacy: { ...client, epsilon: 2 * epsilon } };
    await expect(run(raised, { out, resume: true })).rejects.toThrow("privacy.epsilon");
  });

  it("names what else tells of the rows: a model that it starts from, a delta that is not small", async () => {
    const model = join(folder, "client", "model.safetensors");
    const training = { rounds: 1, localSteps: 1, batchSize: 4, initialize: model };
    const { privacy } = await run(config({ training, privacy: { ...client, delta: 0.2 } }));
    expect(privacy?.notCovered.join()).toContain("training.initialize, the model");
    expect(privacy?.notCovered[0]).toContain("delta 0.2 is not below 1 / 6 clients");
  });

  it("is accounted for without training only where it would be run", async () => {
    const parsed = (changes: Partial<ConfigInput>) => parseConfig(config(changes));
    const account = (changes: Partial<ConfigInput> = {}) => accountRun(engine, parsed(changes), folderInput(folder));
    expect((await account())?.spentBy(12)).toEqual({
      ...epsilonOf([{ sampleRate: 0.5, noiseMultiplier: 4, steps: 12 }], 1e-3),
      ...{ sampleRate: 0.5, noiseMultiplier: 4, steps: 12 },
    });
    const federation = { clients: 6, nonFinite: "drop", aggregation: { kind: "median" } } as const;
    await expect(account({ federation })).rejects.toThrow("config.federation.aggregation must be of kind mean");
    await expect(account({ privacy: { ...client, adaptive: { countNoise: 1 } } })).rejects.toThrow(
      "config.privacy.adaptive.countNoise must be above 2",
    );
    const record = { kind: "record", clipNorm: 1, noiseMultiplier: 2, delta: 1e-4 } as const;
    const training = { rounds: 2, batchSize: 32 };
    await expect(account({ privacy: record, training })).rejects.toThrow("config.training.batchSize must be at most");
    // Rows that clients hold do not count where it is clients who are protected.
    expect((await account({ data: { kind: "clients" } }))?.spentBy(1).steps).toBe(1);
  });

  it("is refused where its epsilon does not allow a round, and where other settings tell of the rows", async () => {
    await expect(run(config({ privacy: { ...client, epsilon: 1e-3 } }))).rejects.toThrow(
      "config.privacy.epsilon must be at least",
    );
    expect(() => parseConfig(config({ reference: { dense: true } }))).toThrow(
      "config.reference.dense must be false beside privacy",
    );
    expect(() => parseConfig(config({ evaluation: { judges: ["frechet"] } as never }))).toThrow(
      "config.evaluation.judges",
    );
    await expect(run(config({ federation: { clients: 6, nonFinite: "stop" } }))).rejects.toThrow(
      "config.federation.nonFinite must be drop",
    );
    const privacy = { ...client, adaptive: { countNoise: 1 } };
    await expect(run(config({ privacy }))).rejects.toThrow("config.privacy.adaptive.countNoise must be above 2");
  });
});

describe("the account of protected records", () => {
  const privacy = { kind: "record", clipNorm: 1, noiseMultiplier: 2, delta: 1e-4 } as const;

  it("is that of the client whose records spend most: few rows, or many rounds", () => {
    const account = (participation: number, rows: readonly number[]) => {
      const parsed = parseConfig(config({ privacy, federation: { clients: rows.length, participation } }));
      if (!parsed.privacy) throw new Error("no privacy");
      return new PrivacyAccount(engine, parsed, parsed.privacy, rows);
    };
    const all = account(1, [400, 40, 100]).spentBy(10, 2 ** 11);
    expect(all).toMatchObject({ client: 1, sampleRate: 4 / 40, steps: 10 });
    const steps = { clients: 2, localSteps: [1, 60] };
    const uneven = parseConfig(config({ privacy, federation: steps }));
    if (!uneven.privacy) throw new Error("no privacy");
    const longer = new PrivacyAccount(engine, uneven, uneven.privacy, [40, 100]).spentBy(10, 2 ** 11);
    expect(longer).toMatchObject({ client: 1, sampleRate: 4 / 100, steps: 600 });
    expect(account(1, [2, 40]).spentBy(10)).toMatchObject({ client: 0, sampleRate: 1, accountant: "exact" });
    // Each is asked in some of the rounds only: nobody has spent as much as with all of them.
    expect(account(0.34, [40, 40, 40]).spentBy(10, 2 ** 11).epsilon).toBeLessThan(all.epsilon);
  });
});
