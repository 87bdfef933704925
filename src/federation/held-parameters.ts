import type { Engine, Float32Block, Pointer } from "../kernels/index.js";

interface Held {
  readonly block: Float32Block;
  readonly round: string;
}

/** One for each engine, whichever run it works for. */
const heldBy = new WeakMap<Engine, Held>();

/** float32 in a new block: what no longer fits stays behind, and together that is less than the block. */
function room(engine: Engine, length: number, before: number): Float32Block {
  return engine.arena.floats(Math.max(length, 2 * before));
}

/**
 * The server's parameters in the memory of a worker's engine, below its scopes: the calls of a round copy them once, and the next round's take their
 * place.
 * @param round names what is sent: calls with the same name are sent the same numbers. To be called outside of any scope, which would take the memory back.
 */
export function heldParameters(engine: Engine, parameters: Float32Array, round: string): Pointer {
  const held = heldBy.get(engine);
  if (held?.round === round) return held.block.pointer;
  const before = held?.block.length ?? 0;
  const block = held && before >= parameters.length ? held.block : room(engine, parameters.length, before);
  block.array.set(parameters);
  heldBy.set(engine, { block, round });
  return block.pointer;
}
