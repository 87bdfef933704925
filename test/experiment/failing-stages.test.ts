// @module-tag slow
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { divergences } from "../../src/divergence/index.js";
import { FedscoreError } from "../../src/errors.js";
import { type FailedPart, failedParts } from "../../src/experiment/result/not-computed.js";
import { type ExperimentResult, resultSchema } from "../../src/experiment/result/schema.js";
import { type ExperimentOptions, runExperiment } from "../../src/experiment/run.js";
import type { JudgeName } from "../../src/judges/index.js";
import { renderReport } from "../../src/report/index.js";
import { workerFunctions } from "../../src/worker-functions.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { FailingPool } from "../support/failing-pool.js";

const folder = mkdtempSync(join(tmpdir(), "fedscore-failing-"));
afterAll(() => rmSync(folder, { recursive: true }));
const engine = await simdEngine();

const common = {
  seed: 1,
  network: { hidden: [8], noiseFeatures: 4 },
  training: {
    rounds: 4,
    localSteps: 2,
    batchSize: 16,
    optimizer: { kind: "sgd", learningRate: 0.05 },
    levels: { count: 32 },
  },
  federation: { clients: 2 },
  sampling: { count: 40, grid: { kind: "uniform-log-snr", steps: 4 } },
  evaluation: { samples: 40, divergences: Object.keys(divergences) },
  reference: { dense: true },
} as const;

/** Runs with a law, without one, whose grid waits for the trained network, and with a sampler that is inverted. */
const configs = {
  "with an exact law": {
    ...common,
    name: "law",
    data: { kind: "gaussian", dimension: 2, train: 100, heldOut: 60 },
    certificate: { paths: 64, intervalRows: 256, intervalPaths: 2 },
    apriori: { every: 2, probes: 8, draws: 2 },
  },
  "without a law": {
    ...common,
    name: "rows",
    data: { kind: "moons", train: 100, heldOut: 60 },
    sampling: { count: 40, sampler: "jvp", grid: { kind: "certified", steps: 4 } },
    certificate: { paths: 64, empiricalPaths: 16, sampler: "analytic-diagonal" },
    evaluation: { samples: 40, divergences: ["mmd"] as string[] },
    reference: { dense: false },
  },
  "with a deterministic sampler": {
    ...common,
    name: "flow",
    data: { kind: "gaussian", dimension: 2, train: 100, heldOut: 60 },
    sampling: { ...common.sampling, sampler: "ddim" },
    certificate: { invertedRows: 64 },
    evaluation: { samples: 40, divergences: ["energyDistance"] as string[] },
    reference: { dense: false },
  },
  "with judges and classes": {
    ...common,
    name: "judged",
    data: { kind: "ring", train: 100, heldOut: 60 },
    network: { ...common.network, conditioning: "film", classes: 8 },
    evaluation: {
      samples: 40,
      divergences: [] as string[],
      judges: ["precision", "conditionalAccuracy"] as JudgeName[],
      classifier: { hidden: [8] as number[], epochs: 1 },
    },
    certificate: false,
  },
  "of a table": {
    ...common,
    name: "table",
    data: { kind: "table", path: "table.csv", clientColumn: "site", predict: "kind", train: 100, heldOut: 60 },
    federation: { clients: 2, partition: { kind: "column" } },
    evaluation: { samples: 40, divergences: [] as string[] },
    reference: { dense: false },
    certificate: false,
  },
} as const;

const cells = Array.from({ length: 160 }, (_, i) => `${"ab"[i % 2]},${["x", "y", "z"][(i * i) % 3]},${(i * 7) % 31}`);
writeFileSync(join(folder, "table.csv"), `site,kind,size\n${cells.join("\n")}\n`);

const failed = () => new FedscoreError("FEDSCORE_NON_FINITE", "made to fail");

type Config = (typeof configs)[keyof typeof configs];

async function run(config: Config, pool: FailingPool, options: ExperimentOptions = {}) {
  return runExperiment(config, { pool, variant: "simd", folder, ...options });
}

interface Whole {
  readonly result: ExperimentResult;
  /** Functions of workers, in the order of the calls. */
  readonly calls: readonly string[];
}

/** A run in which nothing fails. */
async function wholeRun(config: Config): Promise<Whole> {
  const pool = new FailingPool(new InThreadPool(engine));
  return { result: await run(config, pool), calls: pool.calls };
}

const whole = new Map<Config, Promise<Whole>>();

/** The same, run once. */
function wholeOf(config: Config): Promise<Whole> {
  const known = whole.get(config) ?? wholeRun(config);
  whole.set(config, known);
  return known;
}

/** Paths of a result whose values differ from those of another one; times are not compared. */
function differences(a: unknown, b: unknown, path = ""): string[] {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b ? [] : [path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) =>
    ["seconds", "date", "environment"].includes(key)
      ? []
      : differences(Reflect.get(a, key), Reflect.get(b, key), path === "" ? key : `${path}.${key}`),
  );
}

/** The first and the last call of each function, every one that measures; of training the last of the reference. */
function isTried(calls: readonly string[], index: number, hasReference: boolean): boolean {
  const name = calls[index];
  const isLast = calls.lastIndexOf(name) === index;
  if (name === "trainBlocks") return hasReference && isLast;
  return name === "measure" || isLast || calls.indexOf(name) === index;
}

const measured = (of: string) => common.evaluation.divergences.map((name) => `measured.${name}${of}`);
const inTurn = (...of: readonly string[]) => measured("").flatMap((name) => of.map((each) => `${name}${each}`));
const law = ["dataLaw.kl", "dataLaw.mmd", "dataLaw.totalVariation"];
const scores = (of: string) =>
  configs["with judges and classes"].evaluation.judges.map((name) => `judged.scores.${name}${of}`);
const lostSamples = [["samples", ...scores("")].join(" "), [...scores(".reference"), "reference.samples"].join(" ")];
const estimate = "sandwich.rows.nearest neighbours.estimate";

const firstAndLast = (what: string) => [`table.synthetic.${what}`, `table.baselines.gaussianCopula.${what}`];

const beyondGrid = ["samples", "measured.mmd", "certificate", "variational", "lowerBound", "sandwich", ...law];
const withoutGrid = ["grid", ...beyondGrid].join(" ");

const ofRows = [
  ...["site", "kind", "size"].map((column) => `table.columns.${column}.synthetic`),
  ...["table.examples", "table.synthetic", "table.clients"],
];
const uncalibrated = ["table.calibration", ...ofRows].join(" ");

/** What fails with the calls that are tried, in their order. */
const expected: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "with an exact law": {
    probeClient: ["apriori", "apriori"],
    trainBlocks: [[...measured(".reference"), "reference"].join(" ")],
    sampleBlock: [
      ["samples", ...measured(""), "lowerBound", estimate].join(" "),
      [...measured(".reference"), "reference.samples"].join(" "),
    ],
    measure: inTurn("", ".floor", ".reference"),
    runCertificateUnits: ["certificate", "certificate"],
    weighIntervalRows: ["klInterval", "klInterval"],
    estimateByNeighbours: [estimate],
    boundFromBelow: ["lowerBound"],
  },
  "without a law": {
    denoisingErrorRows: [withoutGrid, "variational"],
    curvedGapSums: [withoutGrid],
    coordinateErrorSums: [withoutGrid],
    curvedCodingRows: [law[0]],
    sampleBlock: [["samples", "measured.mmd", ...law.slice(1)].join(" ")],
    measure: ["measured.mmd", "measured.mmd.floor"],
    runCertificateUnits: ["certificate", "certificate"],
    informationDraws: [law[0], law[0]],
    bandwidthOfRows: [law[1]],
    kernelSums: [law[1]],
    classifiers: [law[2], law[2]],
  },
  "with a deterministic sampler": {
    sampleBlock: [["samples", "measured.energyDistance", "lowerBound", estimate].join(" ")],
    measure: ["measured.energyDistance", "measured.energyDistance.floor"],
    runFlow: ["certificate", "certificate"],
    estimateByNeighbours: [estimate],
    boundFromBelow: ["lowerBound"],
  },
  "with judges and classes": {
    trainBlocks: [[...scores(".reference"), "reference"].join(" ")],
    sampleBlock: lostSamples,
    askedClasses: lostSamples,
    trainJudges: ["judged"],
    classifyRows: [scores("").join(" "), "judged"],
    judgeRows: ["judged.scores.precision", "judged.classifier.accuracy"],
    shareClasses: ["judged.histogram", "judged.histogram"],
  },
  "of a table": {
    calibrateColumn: [uncalibrated, uncalibrated],
    sampleBlock: [uncalibrated, ["samples", ...ofRows].join(" ")],
    drawBaseline: ["table.baselines.independentColumns", "table.baselines.gaussianCopula"],
    judgeTableQuality: firstAndLast("quality"),
    judgeNewRows: firstAndLast("newRows"),
    detectRows: firstAndLast("detection"),
    judgeRowPrivacy: firstAndLast("privacy"),
    chooseFeatures: [
      ["synthetic", "real", "baselines.independentColumns", "baselines.gaussianCopula"]
        .map((source) => `table.${source}.use`)
        .join(" "),
    ],
    learnRows: ["table.real.use", "table.baselines.gaussianCopula.use"],
    serveClients: ["table.clients"],
  },
};

/** Where a result may differ by reason of the parts that failed: in these parts, and where others repeat them. */
function places(parts: readonly FailedPart[]): string[] {
  const repeated = parts.some(({ part }) =>
    /^(lowerBound|klInterval|certificate|apriori|sandwich|samples|judged.scores)/.test(part),
  );
  const beside = ["sandwich", "certificateNote", "lowerBoundNote", "apriori.irreducible", "judged.histogram"];
  const ofSamples = parts.some(({ part }) => part === "samples" || part === "table.calibration")
    ? ["table.rows.synthetic", "table.columns"]
    : [];
  const sources = ["synthetic", "baselines.independentColumns", "baselines.gaussianCopula"];
  const ofReal = parts.some(({ part }) => part.startsWith("table.real"))
    ? sources.map((source) => `table.${source}.use.difference`)
    : [];
  return [...parts.map(({ part }) => part), ...(repeated ? beside : []), ...ofSamples, ...ofReal];
}

describe.each(Object.entries(configs))("a run %s", (name, config) => {
  let good: ExperimentResult;
  let calls: readonly string[];
  beforeAll(async () => {
    ({ result: good, calls } = await wholeOf(config));
  });

  test("is whole where nothing fails", () => expect(failedParts(good)).toEqual([]));

  test("keeps all other parts whichever call of a later stage fails", async () => {
    const seen = new Map<string, string[]>();
    for (const index of calls.keys()) {
      if (!isTried(calls, index, config.reference.dense)) continue;
      const result = await run(config, new FailingPool(new InThreadPool(engine), index, failed));
      const parts = failedParts(result);
      const where = `${calls[index]}, call ${index}`;
      expect(parts.length, where).toBeGreaterThan(0);
      expect(resultSchema.safeParse(JSON.parse(JSON.stringify(result))).success, where).toBe(true);
      const lost = differences(good, result).filter((path) => !places(parts).some((place) => path.startsWith(place)));
      expect(lost, where).toEqual([]);
      for (const { notComputed, code } of parts) {
        expect(notComputed, where).toContain("made to fail");
        expect(code, where).toBe("FEDSCORE_NON_FINITE");
      }
      const page = renderReport(result);
      expect(page, where).toContain('<section id="not-computed">');
      expect(page, where).not.toMatch(/NaN|undefined|Infinity|\[object/);
      seen.set(calls[index], [...(seen.get(calls[index]) ?? []), parts.map(({ part }) => part).join(" ")]);
    }
    expect(Object.fromEntries(seen)).toEqual(expected[name]);
  }, 240_000);
});

test("every function that workers are asked for is called by these runs", async () => {
  const called = new Set<string>();
  for (const config of Object.values(configs)) for (const each of (await wholeOf(config)).calls) called.add(each);
  // Without shared memory blocks are copied; what workers keep is installed, not called; sweeps alone ask for the KL on the line, gaps of tables for rows given others, clients with rows of their own for their training.
  const others = workerFunctions.map(({ name }) => name).filter((name) => !called.has(name));
  expect(
    others.filter((name) => !/\.(open|close)$|Shared$|^outputKlOnLine$|^sampleGivenBlock$|^ownTraining$/.test(name)),
  ).toEqual([]);
});

describe("what ends a run", () => {
  const config = configs["with an exact law"];
  const lastOf = async (name: string) => (await wholeOf(config)).calls.lastIndexOf(name);

  test.each([
    ["a mistake", () => new TypeError("x is not a function")],
    ["lost workers", () => new FedscoreError("FEDSCORE_WORKER", "lost again and again")],
    ["an abort", () => new FedscoreError("FEDSCORE_ABORTED", "the operation was aborted")],
  ])("%s after training is thrown on; the model stays, and --resume does not train again", async (_, error) => {
    const out = mkdtempSync(join(folder, "ended-"));
    const failing = new FailingPool(new InThreadPool(engine), await lastOf("measure"), error);
    await expect(run(config, failing, { out })).rejects.toThrow(error().message);
    const model = readFileSync(join(out, "model.safetensors"));
    expect(existsSync(join(out, "result.json"))).toBe(false);
    const pool = new FailingPool(new InThreadPool(engine));
    const result = await run(config, pool, { out, resume: true });
    expect(failedParts(result)).toEqual([]);
    expect(pool.calls).not.toContain("trainBlocks");
    expect(readFileSync(join(out, "model.safetensors")).equals(model)).toBe(true);
  });

  test("a part that failed is computed again by resume, without training, to the result of a straight run", async () => {
    const { result: straight } = await wholeOf(config);
    const out = join(folder, "again");
    const failing = new FailingPool(new InThreadPool(engine), await lastOf("measure"), failed);
    const first = await run(config, failing, { out });
    expect(failedParts(first)).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(first)));
    const model = readFileSync(join(out, "model.safetensors"));
    const pool = new FailingPool(new InThreadPool(engine));
    const second = await run(config, pool, { out, resume: true });
    expect(pool.calls).not.toContain("trainBlocks");
    expect(readFileSync(join(out, "model.safetensors")).equals(model)).toBe(true);
    expect(differences(straight, second)).toEqual([]);
  });

  test("a report that cannot be drawn loses no result", async () => {
    const out = join(folder, "report");
    const pool = () => new FailingPool(new InThreadPool(engine));
    const numeric = () => {
      throw failed();
    };
    const result = await run(config, pool(), { out, drawReport: numeric });
    expect(result.report).toEqual({ notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" });
    expect(readdirSync(out)).toContain("samples.npy");
    const mistaken = () => {
      throw new TypeError("x is not a function");
    };
    await expect(run(config, pool(), { out, overwrite: true, drawReport: mistaken })).rejects.toThrow("not a function");
    const checkpoints = ["checkpoint-reference.bin", "checkpoint.bin"];
    expect(readdirSync(out)).toEqual([...checkpoints, "log.jsonl", "model.safetensors", "result.json", "samples.npy"]);
  });
});
