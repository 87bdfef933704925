import type { ArrivedUpdate, RoundTask } from "../../federation/messages.js";
import type { BlockTrainer } from "./block-trainer.js";
import type { ClientsLink } from "./link.js";

/** Has the blocks of a round trained, and yields their updates as they come. What the round leaves at the server goes when it ends. */
export async function* runRound(
  link: ClientsLink,
  trainer: BlockTrainer,
  round: RoundTask,
  signal: AbortSignal | undefined,
): AsyncGenerator<ArrivedUpdate, void, undefined> {
  const unanswered: string[] = [];
  const onUnanswered = (name: string) => void unanswered.push(name);
  const asked = round.blocks.map((block) => trainer.runBlock(block, round, { signal, onUnanswered }));
  try {
    yield* asTheyCome(asked);
  } finally {
    await link.endRound(unanswered);
  }
}

async function* asTheyCome<Value>(promises: readonly Promise<Value>[]): AsyncGenerator<Value, void, undefined> {
  const left = new Map(promises.map((each, index) => [index, each.then((value) => ({ index, value }))]));
  while (left.size > 0) {
    const { index, value } = await Promise.race(left.values());
    left.delete(index);
    yield value;
  }
}
