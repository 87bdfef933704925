import type { NoiseScheduleSpec } from "../diffusion/schedules/index.js";
import type { NetworkSpec } from "../network/spec.js";
import type { TrainingSettings } from "../network/training.js";
import type { Mask } from "../pruning/mask.js";
import type { ClientRuleSpec, OwnClientRule } from "./client-rules/index.js";
import type { EncodingSpec } from "./encodings/index.js";

/** What every worker is told once: plain data, no functions but those of a client rule of the caller's own. */
export interface TrainingSetup {
  /** Distinguishes runs that share a transport. */
  readonly id: string;
  readonly seed: number;
  readonly network: NetworkSpec;
  readonly schedule: NoiseScheduleSpec;
  readonly training: TrainingSettings;
  /** One of the caller's own is for transports whose clients train in the caller's thread. */
  readonly clientRule: ClientRuleSpec | OwnClientRule;
  /** How updates travel. Absent: as float32. */
  readonly encoding?: EncodingSpec;
  /** float32 [rows, rowWidth(network)]: the rows of all clients that this worker may serve. Absent where clients hold their own data. */
  readonly points?: Float32Array;
  /** Absent where `points` are. */
  readonly clientRows?: ClientRows;
}

/** The data of all clients, where the server holds them. */
export type HeldData = Required<Pick<TrainingSetup, "points" | "clientRows">>;

/** The row numbers that each client holds: two arrays, because one for each of many clients takes more memory than its rows. */
export interface ClientRows {
  /** Those of client 0, then those of client 1 and so on. Absent: they are 0, 1, 2 and so on. */
  readonly rows?: Uint32Array;
  /** uint32 [clients + 1]: client n holds rows[starts[n]] to rows[starts[n + 1] - 1]. */
  readonly starts: Uint32Array;
}

/** What a client carries from one of its rounds to the next, float32 [P] each. Not to be changed. */
export interface ClientState {
  /** What it has not sent of its earlier updates. Absent: nothing, or the encoding has no feedback. */
  readonly residual?: Float32Array;
  /** Its control variate. Absent: it is the mean, or the client rule has none. */
  readonly control?: Float32Array;
}

/** What one client does in one round. */
export interface ClientAssignment {
  readonly client: number;
  readonly mask: Mask;
  readonly localSteps: number;
  /** Weight of this client's update in the sum: 1, or its number of samples; divided by its effective steps under a rule that has them. */
  readonly weight: number;
  /** Absent: it has carried nothing here. */
  readonly state?: ClientState;
}

/** Some clients of one round, whose updates are summed where they run. Boundaries do not depend on the number of workers. */
export interface Block {
  /** Unique in the run: `${setup id}/${round}/${block}`. */
  readonly id: string;
  readonly setup: string;
  readonly round: number;
  readonly block: number;
  readonly clients: readonly ClientAssignment[];
  /** The mask of all clients, where it is one and the same and not unstructured: the block's sum has its submodel's entries alone. */
  readonly commonMask?: CommonMask;
  /** Multiply-adds x 2 of the clients' training. */
  readonly flops: number;
  /** Largest norm of weight * update of a client; longer ones are shortened to it. Absent: they stay as long as they are. */
  readonly clipNorm?: number;
  /** What a worker does when a client's update has NaN or Infinity. */
  readonly nonFinite: "stop" | "drop";
}

/** Blocks of one round of one run, and what their clients start from. */
export interface RoundTask {
  /** The server's, float32 [P]. */
  readonly parameters: Float32Array;
  readonly blocks: readonly Block[];
  /** float32 [P]: the mean control variate, where the client rule has them. */
  readonly control?: Float32Array;
  /** float64 [bins]: root of the mean squared loss in each bin of noise levels, where they are drawn by it. Absent: they are not, or nothing is known yet. */
  readonly levelLosses?: Float64Array;
  /** Seconds, from when the task is given, after which the round is closed. Absent: it waits for all clients. */
  readonly deadline?: number;
  /** Updates at which the round is closed. Absent: it waits for all clients. */
  readonly aggregationGoal?: number;
}

/** A mask that all clients of a block may share. */
export type CommonMask = Exclude<Mask, { readonly kind: "unstructured" }>;

/** How one client's training in one round went. */
export interface ClientReport {
  readonly client: number;
  /** Mean training loss over the local steps; 0 where they protect the client's records, of whose loss nobody is told. */
  readonly loss: number;
  readonly steps: number;
  /** Multiply-adds x 2 of the local steps. */
  readonly flops: number;
  /** Parameters that the client kept: its analytic traffic each way is 4 bytes for each. */
  readonly parameters: number;
  /** Bytes of its update as it was encoded. Absent: 4 for each parameter. */
  readonly encodedBytes?: number;
  /** Local step whose loss or update was not finite; the client was then left out of the sum. */
  readonly nonFiniteStep?: number;
}

/** Why a client gave no update: its round was closed before, it could not be reached any more, or it did not want to. */
export const absenceReasons = ["late", "lost", "refused"] as const;

/** A client of a block that gave no update. */
export interface AbsentClient {
  readonly client: number;
  readonly reason: (typeof absenceReasons)[number];
  /** What else is known of it, for people. */
  readonly message?: string;
}

/** The answer to a block: the sum over the clients that answered, in client order, of weight * (local - server parameters) on kept coordinates. */
export interface BlockUpdate {
  readonly id: string;
  readonly round: number;
  readonly block: number;
  /** float32 [P], or of the submodel of the block's common mask; may be empty where no client answered. */
  readonly sum: Float32Array;
  /** Of those that answered, in the order of the block. */
  readonly reports: readonly ClientReport[];
  /** What the clients with finite updates carry on, in their order. Absent: nothing. */
  readonly states?: readonly ClientState[];
  /** float64 [2, bins]: sums of the squared losses of the rows that clients with finite updates have met, then how many rows, by bin of noise levels. Absent: they are not drawn by them. */
  readonly lossSums?: Float64Array;
  /** Clients whose update was no longer than the block's clipNorm before it was clipped. Absent: nothing is clipped. */
  readonly within?: number;
  /** Those that did not, in the order of the block. Absent: all did. */
  readonly absent?: readonly AbsentClient[];
}

/** An update where it arrives. */
export interface ArrivedUpdate extends BlockUpdate {
  /** Called when the sum is needed no more, by transports that use its memory again. */
  release?(): void;
}
