import type { Engine, Float32Block, Pointer } from "../kernels/index.js";

interface Held {
  readonly block: Float32Block;
  readonly round: string;
}

/** One for each engine, whichever run it works for. */
const heldBy = new WeakMap<Engine, Held>();

/**
 * The server's parameters in the memory of a worker's engine, below its scopes: the calls of a round copy them once, and the next round's take their
 * place. Memory that a longer vector no longer fits into stays behind.
 * @param round names what is sent: calls with the same name are sent the same numbers. To be called outside of any scope.
 */
export function heldParameters(engine: Engine, parameters: Float32Array, round: string): Pointer {
  const held = heldBy.get(engine);
  if (held?.round === round) return held.block.pointer;
  const block = held && held.block.length >= parameters.length ? held.block : engine.arena.floats(parameters.length);
  block.array.set(parameters);
  heldBy.set(engine, { block, round });
  return block.pointer;
}
