import type { BlockFold, ClientOutcome } from "../../federation/block-fold.js";
import type { ArrivedUpdate } from "../../federation/messages.js";

/**
 * The answer to a block whose clients train at the same time: each outcome is folded when its turn has come, and kept no longer; those that come before
 * their turn wait. Fails with the first that fails.
 * @param outcomes in the order of the block; the list is emptied.
 */
export function foldInTurn(
  fold: Pick<BlockFold, "add" | "end">,
  outcomes: Promise<ClientOutcome>[],
): Promise<ArrivedUpdate> {
  return new Promise((resolve, reject) => {
    for (const outcome of outcomes) outcome.catch(reject);
    addInTurn(fold, outcomes).then(() => resolve(fold.end()), reject);
  });
}

async function addInTurn(fold: Pick<BlockFold, "add">, outcomes: Promise<ClientOutcome>[]): Promise<void> {
  for (let next = outcomes.shift(); next; next = outcomes.shift()) fold.add(await next);
}
