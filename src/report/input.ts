import type { ReportApriori, ReportBound, ReportCertificate, ReportSandwich } from "./theory-input.js";

/**
 * What report.html shows: plain data in the shape of result.json (any superset fits), plus the arrays that are pictured.
 * Optional parts are left out of the page when they are absent.
 */
export interface ReportInput {
  readonly name: string;
  /** Integer in [0, 2^53). */
  readonly seed: number;
  /** The run's configuration as it was read: JSON, shown as text. */
  readonly config: unknown;
  readonly environment: ReportEnvironment;
  readonly training: ReportTraining;
  readonly coverage: ReportCoverage;
  readonly partition?: ReportPartition;
  /** One entry per client that took part, in ascending id. */
  readonly clients?: readonly ReportClient[];
  /** Divergence of the federated samples from held-out data by name of the divergence, in the order they are shown. */
  readonly measured: Readonly<Record<string, ReportDivergence>>;
  readonly samples?: ReportSamples;
  readonly certificate?: ReportCertificate | null;
  /** Why there is no certificate, or what it is against. */
  readonly certificateNote?: string;
  /** On -E log p of held-out data, where the data law is not known. */
  readonly variational?: ReportBound;
  readonly sandwich?: ReportSandwich;
  readonly apriori?: ReportApriori | null;
}

export interface ReportEnvironment {
  /** Version of Node ("20.19.0"), or of the browser. */
  readonly node: string;
  /** Build of the kernels that ran: "simd" or "relaxed". */
  readonly variant: string;
  readonly workers: number;
  readonly cpu: string;
}

export interface ReportTraining {
  readonly rounds: number;
  /** Mean training loss over the participants of each round. */
  readonly loss: readonly number[];
  /** Wall time of training. */
  readonly seconds: number;
  /** Multiply-adds x 2 over all clients and rounds. */
  readonly flops: number;
  /** From clients to server, all rounds. */
  readonly bytesUp: number;
  /** From server to clients, all rounds. */
  readonly bytesDown: number;
  readonly perRound: readonly ReportRound[];
}

export interface ReportRound {
  /** 0-based. */
  readonly round: number;
  readonly loss: number;
  readonly participants: number;
  /** Gamma of each layer's parameters in this round: [layer]. */
  readonly coverage: readonly LayerCoverage[];
}

/** Gamma, the number of clients that keep a parameter, over the parameters of one layer in one round. */
export interface LayerCoverage {
  readonly mean: number;
  readonly min: number;
}

export interface ReportCoverage {
  /** Gamma*: smallest Gamma over all rounds and parameters. */
  readonly min: number;
  /** histogram[g]: number of (round, parameter) pairs that exactly g clients covered. */
  readonly histogram: readonly number[];
  /** Names of the layers, in the order of ReportRound.coverage; absent: "layer 0", "layer 1", ... */
  readonly layers?: readonly string[];
  /** Parameters that no client covered in any round. */
  readonly neverCovered?: number;
}

export interface ReportPartition {
  /** counts[client][class]: rows that the client holds of the class. */
  readonly counts: readonly (readonly number[])[];
  /** Names of the classes; absent: 0, 1, 2, ... */
  readonly classes?: readonly string[];
}

export interface ReportClient {
  readonly id: number;
  /** Rows of data it holds. */
  readonly samples: number;
  /** In (0, 1]. */
  readonly keepRatio: number;
  /** Rounds it took part in. */
  readonly rounds: number;
  /** Multiply-adds x 2, all rounds. */
  readonly flops: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** A value with the ends of its 95 % bootstrap interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface ReportDivergence extends Interval {
  /** "data units", "1", ...; see Divergence.unit. */
  readonly unit: string;
  /** Two disjoint held-out samples of the same sizes: what a perfect generator would measure. */
  readonly floor?: Interval;
  /** The same network trained dense on the pooled data with the same total number of local steps. */
  readonly reference?: Interval;
}

/** Row-major float32 arrays [rows, dimension], in data units. Some hundred to some thousand rows are enough. */
export interface ReportSamples {
  readonly dimension: number;
  readonly federated: Float32Array;
  /** Held-out data. */
  readonly data: Float32Array;
  /** Samples of the dense reference. */
  readonly reference?: Float32Array;
  /** [height, width] where rows are grey images. */
  readonly imageShape?: readonly [number, number];
  /** Grey values shown as black and white; absent: [0, 1]. */
  readonly imageRange?: readonly [number, number];
}
