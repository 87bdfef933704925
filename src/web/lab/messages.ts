import type { ConfigInput, ExperimentConfig } from "../../experiment/config/schema.js";
import type { Stage } from "../../experiment/progress.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import type { DroppedFile } from "./page-file.js";
import type { TableAnswer, TableAsk, TableProgress } from "./table-survey.js";

/** Files of a run that the page offers, made when they are asked for. */
export const runFiles = [
  "model.safetensors",
  "synthetic.csv",
  "synthetic.schema.json",
  "samples.npy",
  "report.html",
] as const;
export type RunFile = (typeof runFiles)[number];

/** Files of a run that are in the page. */
export interface RunFiles {
  /** Read as a whole. */
  readonly files: readonly DroppedFile[];
  /** Read part by part. */
  readonly table: DroppedFile | undefined;
}

/** What the page asks of its laboratory, which is a worker. */
export type LabRequest =
  | ({ readonly kind: "run"; readonly run: number; readonly config: ExperimentConfig } & RunFiles)
  | { readonly kind: "pause" | "resume" | "step" | "stop" }
  /** Lets go of all that is kept of an ended run. */
  | { readonly kind: "forget"; readonly run: number }
  | { readonly kind: "survey"; readonly survey: number; readonly file: DroppedFile }
  | { readonly kind: "table"; readonly survey: number; readonly ask: TableAsk }
  /** Ends the reading of a table. */
  | { readonly kind: "leaveTable" }
  | { readonly kind: "file"; readonly run: number; readonly name: RunFile };

/** What clients do in a round. */
export const clientStates = ["resting", "waiting", "at work", "done"] as const;
export type ClientState = (typeof clientStates)[number];

/** What a run is made of, once its data are read. */
export interface RunFacts {
  readonly environment: ExperimentResult["environment"];
  readonly trainRows: number;
  readonly heldOutRows: number;
  readonly dimension: number;
  readonly parameters: number;
  /** Whether the law of the data is not known, so that a certificate is about the training rows. */
  readonly hasRowsAlone: boolean;
  /** Clients: rows that each holds, and the share of the network that it can keep. */
  readonly clients: readonly { readonly rows: number; readonly keepRatio: number }[];
}

/** The clients of a round, as far as it has come. */
export interface ClientsNow {
  readonly round: number;
  /** By client: positions in `clientStates`. */
  readonly states: Uint8Array;
  /** By client: the loss of the last round that it took part in; NaN before. */
  readonly loss: Float64Array;
  /** By client: rounds that it took part in. */
  readonly rounds: Uint32Array;
}

/** Clients that keep each neuron of the hidden layers, a mean over the rounds so far. */
export interface CoverageNow {
  readonly rounds: number;
  /** Clients of a round. */
  readonly clients: number;
  readonly layers: readonly Float64Array[];
}

/** States of some samples along the reverse process. */
export interface Trajectory {
  /** Rounds after which they were drawn; undefined: by the trained model, on its own grid and by its own sampler. */
  readonly round: number | undefined;
  readonly sampler: string;
  /** Samples in each frame. */
  readonly count: number;
  /** Signal to noise ratio of each frame, alpha^2 / sigma^2. */
  readonly snr: readonly number[];
  readonly picture:
    | {
        readonly kind: "points";
        /** float32 [count, 2] a frame: the first two coordinates of the network's space; 0 for the second where there is one. */
        readonly frames: readonly Float32Array[];
        /** Held-out rows in the same space, float32 [n, 2]. */
        readonly data: Float32Array;
        readonly dimension: number;
      }
    | {
        readonly kind: "images";
        /** uint8 [count, height, width] a frame. */
        readonly frames: readonly Uint8Array[];
        readonly shape: readonly [number, number];
      };
}

/** A look at the certificate: the run's own, or one with fewer paths before it. */
export interface Look {
  readonly paths: number;
  readonly value: number;
  readonly upper: number;
  readonly terms: readonly { readonly name: string; readonly value: number; readonly upper: number }[];
  /** Whether it is the one of the result. */
  readonly final: boolean;
}

export type SandwichRows = Extract<NonNullable<ExperimentResult["sandwich"]>, { rows: unknown }>["rows"];

/** What a lab says of a run that it is at. */
export type RunEvent =
  | { readonly kind: "begun"; readonly facts: RunFacts }
  | { readonly kind: "stage"; readonly stage: Stage; readonly done: number; readonly total: number }
  | {
      readonly kind: "rounds";
      readonly stage: "training" | "reference";
      readonly done: number;
      readonly total: number;
      /** Of the rounds since the last such event. */
      readonly loss: readonly number[];
      readonly secondsLeft: number;
    }
  | { readonly kind: "clients"; readonly clients: ClientsNow }
  | { readonly kind: "coverage"; readonly coverage: CoverageNow }
  | { readonly kind: "trajectory"; readonly trajectory: Trajectory }
  | { readonly kind: "look"; readonly look: Look }
  | { readonly kind: "sandwich"; readonly rows: SandwichRows }
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "held"; readonly held: boolean }
  | { readonly kind: "done"; readonly result: ExperimentResult; readonly hasSamples: boolean }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** What a dropped file turned out to be. */
export type SurveyEvent =
  | { readonly kind: "surveyed"; readonly survey: number; readonly config: ConfigInput; readonly note: string }
  | { readonly kind: "unreadable"; readonly survey: number; readonly message: string };

/** What a table turned out to be, as it was asked about. */
export interface TableEvent {
  readonly kind: "table";
  readonly survey: number;
  readonly answer: TableAnswer;
}

/** How far it is read. */
export interface ReadingEvent {
  readonly kind: "reading";
  readonly survey: number;
  readonly progress: TableProgress;
}

export type LabEvent =
  | { readonly kind: "run"; readonly run: number; readonly event: RunEvent }
  | SurveyEvent
  | TableEvent
  | ReadingEvent
  | {
      readonly kind: "file";
      readonly run: number;
      readonly name: RunFile;
      readonly content: Uint8Array<ArrayBuffer> | string;
    }
  | { readonly kind: "noFile"; readonly run: number; readonly name: RunFile; readonly message: string };
