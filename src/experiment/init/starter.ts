import { type Field, optional, required } from "../../fields.js";
import { type TargetKind, targets } from "../../targets/index.js";
import { dataSchema } from "../config/data.js";
import type { ConfigInput } from "../config/schema.js";

/** What a first config needs to know of its data. */
export interface StarterData {
  /** Name of the run. */
  readonly name: string;
  readonly data: ConfigInput["data"];
  /** Numbers in a row. */
  readonly dimension: number;
  /** Training rows, where there may be few. */
  readonly rows?: number | undefined;
  /** What was guessed of it, for people. */
  readonly note?: string | undefined;
  /** Of the rows before training. */
  readonly transforms: ConfigInput["transforms"];
}

/** Dimension of a first run with a target that may have any. */
const startingDimension = 8;

/** A target as data with its defaults; what must be given is as small as it may be. */
export function targetData(kind: TargetKind): StarterData {
  const fields: readonly (readonly [string, Field])[] = Object.entries(targets[kind].fields);
  const settings = new Map(fields.map(([key, field]) => [key, startingValue(key, field)]));
  const given = Object.fromEntries([...settings].filter(([, value]) => value !== undefined));
  const data = dataSchema.parse({ kind, ...given });
  const dimension = settings.get("dimension");
  // Noise stays isotropic in the target's space only where all coordinates are scaled alike: then there is a certificate against the target.
  const transforms: ConfigInput["transforms"] = [{ kind: "standardize", scale: "global" }];
  return { name: kind, data, dimension: typeof dimension === "number" ? dimension : 2, transforms };
}

/** The digits of the package mnist, through principal components. */
export const mnistData: StarterData = {
  name: "mnist",
  data: { kind: "mnist" },
  dimension: 32,
  transforms: [
    { kind: "pca", components: 32 },
    { kind: "standardize", scale: "global" },
  ],
};

function startingValue(key: string, { absent, shape }: Field): unknown {
  if (absent === optional) return undefined;
  if (absent !== required) return absent;
  return key === "dimension" ? startingDimension : "low" in shape ? shape.low : undefined;
}

/** Clients of a first run, where there are as many rows. */
const clients = 4;

/** A config that runs in well under a minute on two cores and shows what there is to set. */
export function starterConfig({ name, data, dimension, rows = clients, transforms }: StarterData): ConfigInput {
  const width = dimension <= 4 ? 64 : 128;
  return {
    name,
    seed: 1,
    data,
    transforms,
    schedule: { kind: "vp-linear" },
    network: { hidden: [width, width, width], activation: "tanh", parameterization: "edm", noiseFeatures: 16 },
    training: {
      rounds: 500,
      localSteps: 10,
      batchSize: 128,
      optimizer: { kind: "adam", learningRate: 0.004 },
      clipNorm: 1,
      ema: 0.98,
      levels: { count: 1024, spacing: "logsnr" },
    },
    federation: {
      clients: Math.min(clients, rows),
      partition: { kind: "iid" },
      capacities: [1, 0.5, 0.25],
      capacityAssignment: "dynamic",
      weighting: "samples",
      server: { kind: "fedavg" },
    },
    pruning: { family: "prefix" },
    sampling: { sampler: "ancestral", grid: { kind: "certified", steps: 100 }, count: 5000 },
    certificate: { paths: 20000, confidence: 0.95 },
  };
}
