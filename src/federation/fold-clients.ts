import { requireIterable } from "../errors.js";
import { BlockFold, type ClientOutcome } from "./block-fold.js";
import type { ArrivedUpdate, Block, TrainingSetup } from "./messages.js";

/**
 * The answer to a block whose clients trained apart, in the order of the block: the bytes of `runBlocks` over those that answered. A coordinator that is
 * given it cannot tell it from a block that one machine trained, so whoever stands for a region folds its clients as one block.
 * @param setup of the run, as `Transport.open` is given it.
 * @param parameters float32 [P]: what the round started from.
 * @param outcomes one for each client of the block, in its order. What they keep in memory may go once the next one is asked for.
 * @throws ArgumentError or ArgumentTypeError naming what of it does not fit the block.
 */
export function foldClients(
  setup: Pick<TrainingSetup, "network" | "encoding">,
  parameters: Float32Array,
  block: Block,
  outcomes: Iterable<ClientOutcome>,
): ArrivedUpdate {
  const fold = new BlockFold(setup, parameters, block);
  requireIterable("outcomes", outcomes);
  for (const outcome of outcomes) fold.add(outcome);
  return fold.end();
}
