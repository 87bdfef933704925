import type { Engine, Float32Block } from "../../kernels/index.js";
import type { LocalRule } from "../../network/training.js";

/** A client where its round starts. */
export interface ClientStart {
  /**
   * float32 [p] of the client's network: the server's parameters times its mask, a smaller vector where the mask is structured. Several
   * clients may start from the same memory, which therefore is not to be changed.
   */
  readonly parameters: Float32Block;
}

/**
 * What a client does in its local steps besides the plain ones: a change of each gradient between the backward pass and the optimizer.
 *
 * All that a rule knows arrives with `begin`, and all that it keeps within a round is allocated there. A rule with state between rounds
 * (the control variates of SCAFFOLD, arXiv 1910.06378) would be given it as further fields of `ClientStart` and give it back by a further
 * method of `LocalRule`, called after the last step; the sum of a block would then carry one more vector for the server.
 */
export interface ClientRule {
  /** One client in one round, in the current arena scope. undefined: its steps are plain, and cost nothing more. */
  begin(engine: Engine, start: ClientStart): LocalRule | undefined;
}
