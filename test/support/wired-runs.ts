/** Small runs, seen through the pool that a caller gives. */

import { parseConfig } from "../../src/experiment/config/parse.js";
import type { ConfigInput } from "../../src/experiment/config/schema.js";
import { folderInput } from "../../src/experiment/files/folder-input.js";
import { type PreparedRun, prepareRun } from "../../src/experiment/prepare/prepare-run.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { runExperiment } from "../../src/experiment/run.js";
import { simdEngine } from "./engines.js";
import { RecordingPool } from "./recording-pool.js";

export const engine = await simdEngine();
export const seed = 6;
export const schedule = { kind: "ou", tMin: 0.02, tMax: 3 } as const;
export const common = {
  name: "wired",
  seed,
  schedule,
  network: { hidden: [8], noiseFeatures: 4, parameterization: "edm" },
  training: { rounds: 2, localSteps: 2, batchSize: 16, ema: 0.5 },
  federation: { clients: 4, participation: 0.5, capacities: [1, 0.5] },
  evaluation: { divergences: ["energyDistance"], space: "transformed", samples: 50 },
} satisfies Partial<ConfigInput>;

/** Its data law is known in the network's coordinates. */
export const known: ConfigInput = {
  ...common,
  data: { kind: "ring", radius: 4, train: 300, heldOut: 80 },
  transforms: [{ kind: "standardize", scale: "global" }],
  sampling: { sampler: "ancestral", grid: { kind: "uniform-log-snr", steps: 6 }, count: 60, denoiseLast: true },
  certificate: { paths: 64, confidence: 0.9, sampler: "exponential-integrator" },
  reference: { dense: true },
};

/** Its data law is not. */
export const unknown: ConfigInput = {
  ...common,
  data: { kind: "moons", train: 120, heldOut: 60 },
  transforms: [{ kind: "pca", components: 2 }],
  sampling: { grid: { kind: "certified", steps: 6 }, count: 60 },
  certificate: { paths: 40, empiricalPaths: 16, confidence: 0.9 },
};

export interface RecordedRun {
  readonly pool: RecordingPool;
  readonly result: ExperimentResult;
  readonly prepared: PreparedRun;
}

export async function recorded(input: ConfigInput): Promise<RecordedRun> {
  const pool = new RecordingPool(engine);
  const result = await runExperiment(input, { pool, variant: "simd" });
  return { pool, result, prepared: await prepareRun(engine, parseConfig(input), folderInput("."), undefined) };
}
