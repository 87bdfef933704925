import type { Engine, Float32Block } from "../../kernels/index.js";
import type { LocalRule, TrainingSettings } from "../../network/training.js";

/** A client where its round starts. Random numbers that are keyed by the first three are the same wherever it trains. */
export interface ClientStart {
  /** Of the run. */
  readonly seed: number;
  readonly round: number;
  readonly client: number;
  /**
   * float32 [p] of the client's network: the server's parameters times its mask, a smaller vector where the mask is structured. Several
   * clients may start from the same memory, which therefore is not to be changed.
   */
  readonly parameters: Float32Block;
  /** Of a rule that has them. */
  readonly controls?: ClientControls;
}

/** Control variates in the shape of the client's network, float32 [p] each. */
export interface ClientControls {
  /** The client's, as it was after its last round; where it has not kept a parameter before, the mean. The rule leaves the new one here. */
  readonly own: Float32Block;
  /** The mean over all clients that have kept the parameter, weighted as their updates are; 0 before there are any. */
  readonly mean: Float32Block;
}

/** How many local steps a client takes in a round, and how. */
export interface LocalSteps {
  readonly steps: number;
  readonly round: number;
  readonly training: Pick<TrainingSettings, "optimizer" | "rate">;
}

/**
 * What a client does in its local steps besides the plain ones: a change of each gradient between the backward pass and the optimizer.
 * All that a rule knows arrives with `begin`, and all that it keeps within a round is allocated there.
 */
export interface ClientRule {
  /** Whether each client has a vector of its own from round to round, of which all are sent the mean. Absent: it has none. */
  readonly controls?: boolean;
  /** One client in one round, in the current arena scope. undefined: its steps are plain, and cost nothing more. */
  begin(engine: Engine, start: ClientStart): LocalRule | undefined;
  /**
   * How many plain steps an update stands for, > 0: it is divided by this before it is averaged, and the average multiplied by the mean of these, weighted
   * as updates are, over the clients that kept the parameter. Absent: updates are averaged as they are.
   */
  effectiveSteps?(engine: Engine, local: LocalSteps): number;
}

/** A client rule of one's own, in place of a specification. */
export interface OwnClientRule extends ClientRule {
  /** In results and in the identity of a run: checkpoints of a rule of another name are refused. */
  readonly name: string;
}
