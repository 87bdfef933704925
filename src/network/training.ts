import type { WeightingName } from "../diffusion/weightings/index.js";
import type { Engine, Float32Block, Pointer } from "../kernels/index.js";
import type { LevelDistributionSpec } from "./level-distributions/index.js";
import type { LevelDraws } from "./level-draws.js";
import type { OptimizerSettings } from "./optimizers/index.js";
import type { RecordPrivacy } from "./privacy.js";
import type { RateSpec } from "./rates/index.js";
import type { NetworkSpec } from "./spec.js";

/** Noise levels that training draws from, one of them for each sample. */
export type LevelSettings = LevelPlaces & {
  /**
   * How often each is drawn. The loss of a level is divided by how many times as often as uniformly it is drawn, so that the expected loss is that
   * of the weighting, whatever is drawn. Absent: all as often.
   */
  readonly distribution?: LevelDistributionSpec | undefined;
};

type LevelPlaces =
  /** Midpoints of `count` equal cells of time or of log snr, over the whole schedule. */
  | { readonly spacing: "time" | "logsnr"; readonly count: number }
  /** The N start points of the steps of a sampling grid, whose N + 1 strictly decreasing times are given: what the sampler asks for. */
  | { readonly spacing: "grid"; readonly times: readonly number[] };

/** How one client trains. Plain data. */
export interface TrainingSettings {
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  /** How the learning rate of the optimizer changes. Absent: not at all. */
  readonly rate?: RateSpec | undefined;
  /** Largest Euclidean norm of a gradient; larger ones are scaled down. Absent: no clipping. */
  readonly clipNorm?: number | undefined;
  /** Share of points whose class is hidden from a network with classes. Absent: 0.1. */
  readonly labelDropout?: number | undefined;
  readonly weighting: WeightingName;
  readonly levels: LevelSettings;
  /** Clips the gradient of each record and adds noise to their sum; `batchSize` is then the expected number of records of a step. Absent: neither. */
  readonly privacy?: RecordPrivacy | undefined;
}

/** A local step after its backward pass and before its optimizer. Vectors are float32 [size] in the engine's memory. */
export interface LocalStep {
  /** 0 for the first one of the round. */
  readonly step: number;
  /** Where the gradient was taken. Not to be changed. */
  readonly parameters: Pointer;
  /** To be changed in place. Clipping and `keep` come after: what is done to masked entries does not matter. */
  readonly gradient: Pointer;
}

/** Local steps that are done, with a finite result. */
export interface LocalEnd {
  readonly steps: number;
  /** float32 [size] in the engine's memory: where they ended. Not to be changed. */
  readonly parameters: Pointer;
}

/** What one client does in one round besides plain steps. */
export interface LocalRule {
  /** Changes the gradient of a step in place. */
  correct(step: LocalStep): void;
  /** Called after the last step, unless a loss or the parameters were not finite. */
  end?(end: LocalEnd): void;
}

/** What a client trains with. */
export interface LocalTraining {
  readonly spec: NetworkSpec;
  /** float32 [levels, levelHeader + noiseFeatures] in the engine's memory: see src/network/levels.ts. */
  readonly levelTable: Float32Block;
  /** How often each level is drawn, as the weights of the table have it. Absent: all as often. */
  readonly levelDraws?: LevelDraws | undefined;
  /**
   * float32 [n, rowWidth(spec)]: the rows that this client holds. Of those outside of the engine's memory it gets what a batch draws: they may be more than
   * fit there.
   */
  readonly points: Float32Array | Float32Block;
  readonly settings: TrainingSettings;
  readonly steps: number;
  readonly seed: number;
  readonly round: number;
  readonly client: number;
  /** 0 or 1 per parameter: gradients of zeros are masked (unstructured pruning). */
  readonly keep?: Uint8Array | undefined;
  /** Changes the gradient of each step. Absent: none is changed. */
  readonly rule?: LocalRule | undefined;
  /**
   * float64 [2, bins], bins at most as many as levels: to the first row squared losses are added, before the division by how often their level is drawn, to the
   * second how many they are, by bin of levels. Absent: they are not asked for.
   */
  readonly lossSums?: Float64Array | undefined;
}

/** Local training of parameters outside of the engine's memory; see `trainLocally`. */
export interface LocalTrainingRequest extends LocalTraining {
  /** float32 [P] of `spec`, overwritten with the result where that is finite. */
  readonly parameters: Float32Array;
}

/** Local training that moves parameters in the engine's memory. */
export interface InPlaceTrainingRequest extends LocalTraining {
  /** float32 [P] of `spec` in the engine's memory: what training moves. */
  readonly parameters: Float32Block;
}

/** What one client's local steps came to. */
export interface LocalTrainingResult {
  /** Loss of each local step: mean over the batch of weight * |output - target|^2. */
  readonly losses: Float64Array;
  readonly flops: number;
  /** First step whose loss or parameters were not finite; training stopped there. */
  readonly nonFiniteStep?: number | undefined;
}

/** Trains one client, in place. */
export type LocalTrainer = (engine: Engine, request: InPlaceTrainingRequest) => LocalTrainingResult;
