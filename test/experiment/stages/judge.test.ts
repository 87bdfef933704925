import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../../src/experiment/config/schema.js";
import { folderInput } from "../../../src/experiment/files/folder-input.js";
import { requireJudgeable } from "../../../src/experiment/prepare/judgeable.js";
import { prepareRun } from "../../../src/experiment/prepare/prepare-run.js";
import { resultSchema } from "../../../src/experiment/result/schema.js";
import { askedClasses } from "../../../src/experiment/stages/asked-classes.js";
import { judgeSamples } from "../../../src/experiment/stages/judge.js";
import { classifyRows, judgeRows, trainJudges } from "../../../src/experiment/stages/judge-tasks.js";
import type { ReadyRun } from "../../../src/experiment/stages/ready-run.js";
import { judges } from "../../../src/judges/index.js";
import { computed } from "../../support/computed.js";
import { RecordingPool } from "../../support/recording-pool.js";
import { engine, known, type RecordedRun, recorded, seed, unknown } from "../../support/wired-runs.js";

const all = Object.keys(judges) as (keyof typeof judges)[];
const classifier = { hidden: [16, 8], epochs: 6, batchSize: 16, learningRate: 0.01 };
const judged: ConfigInput = {
  ...known,
  certificate: false,
  evaluation: { divergences: [], space: "transformed", samples: 70, judges: all, classifier },
};

describe("a run with judges", () => {
  let run: RecordedRun;
  beforeAll(async () => {
    run = await recorded(judged);
  });

  it("trains one classifier on the training rows, their labels and its seed", () => {
    const { pool, prepared } = run;
    const [{ input }, ...others] = pool.callsOf(trainJudges);
    expect(others).toEqual([]);
    expect(input).toEqual({
      dataset: { points: prepared.data.train.points, dimension: 2, labels: prepared.data.train.labels },
      options: { ...classifier, shift: 1, seed },
    });
  });

  it("shows it samples and held-out rows, as many of each, the reference's samples and training rows", () => {
    const { pool, prepared } = run;
    const seen = pool.callsOf(classifyRows).map(({ input }) => input.points);
    const rows = seen.map(({ length }) => length / 2).sort();
    expect(rows).toEqual([60, 60, 60, 70]);
    expect(seen).toContainEqual(prepared.data.heldOut.points.subarray(0, 120));
    expect(seen).toContainEqual(prepared.data.train.points.subarray(0, 140));
  });

  it("has a score of each judge, its floor and its reference, and none of classes that nobody asked for", () => {
    const { result, pool } = run;
    expect(resultSchema.safeParse(result).success).toBe(true);
    const { scores, classifier: described, histogram } = computed(result.judged);
    expect(Object.keys(scores)).toEqual(all);
    expect(scores.conditionalAccuracy).toBeNull();
    const [classified] = pool.callsOf(trainJudges);
    const shares = computed(histogram);
    expect(shares.map(({ name }) => Number(name))).toEqual([...classified.output.classes]);
    for (const side of ["data", "samples"] as const)
      expect(shares.reduce((sum, each) => sum + (each[side]?.value ?? 0), 0)).toBeCloseTo(1, 10);
    expect(described).toMatchObject({ features: 8, rows: 70 });
    // Eight Gaussians on a circle, far apart: hardly a row is between two of them.
    expect(computed(described.accuracy).value).toBeGreaterThan(0.8);
    const calls = pool.callsOf(judgeRows);
    expect(new Set(calls.map(({ input }) => input.seed))).toEqual(new Set([seed]));
    const frechet = calls.filter(({ input }) => input.judge === "classifierFrechet").map(({ output }) => output?.value);
    const { value, floor, reference } = computed(scores.classifierFrechet);
    expect([value, computed(floor).value, computed(reference).value]).toEqual(frechet);
    expect(computed(floor).value).toBeLessThan(value);
  });

  it("judges the samples of a network with classes by those that it was asked for", async () => {
    const { result, pool, prepared } = await recorded({
      ...judged,
      network: { ...judged.network, conditioning: "film", classes: 8 },
      evaluation: { ...judged.evaluation, judges: ["conditionalAccuracy"] },
    });
    const { value, floor, reference } = computed(computed(result.judged).scores.conditionalAccuracy);
    const [federated, dense] = pool.callsOf(askedClasses).map(({ output }) => output);
    expect(dense).toEqual(federated);
    const asked = pool.callsOf(judgeRows).map(({ input }) => [...(input.samples.asked ?? [])]);
    const times = (classes: Iterable<number> | undefined) =>
      asked.filter((each) => isDeepStrictEqual(each, [...(classes ?? [])])).length;
    // Samples and those of the reference; held-out rows for the floor and for the accuracy.
    expect([times(federated), times(prepared.data.heldOut.labels?.subarray(0, 60))]).toEqual([2, 2]);
    expect(computed(floor).value).toBeGreaterThan(value);
    expect(reference).toBeDefined();
  });

  it("judges samples that were asked for classes by them", async () => {
    const config = parseConfig(judged);
    const { points, data, ...prepared } = await prepareRun(engine, config, folderInput("."), undefined);
    const pool = new RecordingPool(engine);
    const ready = {
      config,
      prepared: { points, data, ...prepared },
      pool,
      onProgress: () => {},
    } as unknown as ReadyRun;
    const { labels } = data.train;
    const own = { samples: data.train.points, latent: points, classes: labels };
    const wrong = { ...own, classes: labels?.map((label) => label + 100) };
    const { scores } = computed(await judgeSamples(ready, own, wrong));
    const { value, reference } = computed(scores.conditionalAccuracy);
    expect(value).toBeGreaterThan(0.8);
    expect(reference).toMatchObject({ value: 0 });
  });
});

describe("a run without", () => {
  it("has nothing judged", async () => {
    expect((await recorded({ ...known, certificate: false })).result.judged).toBeUndefined();
  });

  it("says why where the classifier diverges, and goes on", async () => {
    const evaluation = { ...judged.evaluation, classifier: { ...classifier, learningRate: 1e30 } };
    const { result } = await recorded({ ...judged, evaluation });
    expect(result.judged).toMatchObject({
      notComputed: expect.stringContaining("the classifier diverged in epoch"),
      code: "FEDSCORE_NON_FINITE",
    });
  });

  const prepare = (input: ConfigInput) => prepareRun(engine, parseConfig(input), folderInput("."), undefined);
  it("classes says that judges need them", async () => {
    const one = {
      ...unknown,
      data: { kind: "gaussian", dimension: 2, train: 60 },
      evaluation: { judges: all },
    } as const;
    await expect(prepare(one)).rejects.toThrow(
      "config.evaluation.judges needs 2 to 1000 classes among the training rows, these have 1",
    );
    const rows = { points: new Float32Array(8), dimension: 2 };
    expect(() => requireJudgeable(parseConfig(judged), rows)).toThrow(
      'config.evaluation.judges needs classes, which these data of kind "ring" do not have',
    );
  });

  it("judges has no use for a classifier", async () => {
    await expect(prepare({ ...known, evaluation: { classifier } })).rejects.toThrow(
      "config.evaluation.classifier is for config.evaluation.judges, which are not named",
    );
  });

  it("known names is refused by the config", () => {
    const names = { ...known, evaluation: { judges: ["fid"] } } as unknown as ConfigInput;
    expect(() => parseConfig(names)).toThrow("config.evaluation.judges[0]");
    expect(() => parseConfig({ ...known, evaluation: { judges: [] } })).toThrow("must name at least one judge");
  });
});
