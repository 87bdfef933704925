import { FedscoreError } from "../errors.js";
import { type Engine, Float32Block } from "../kernels/index.js";

/** What stays in a worker's memory from one call to the next, one vector of each. */
export type HeldKind = "parameters" | "levelTable";

interface Held {
  readonly block: Float32Block;
  readonly name: unknown;
  readonly length: number;
}

/** Of each engine, whichever run it works for. */
const heldBy = new WeakMap<Engine, Map<HeldKind, Held>>();

/** In a new block: what no longer fits stays behind, and together that is less than the block. */
function room(engine: Engine, length: number, before: number): Float32Block {
  return engine.arena.floats(Math.max(length, 2 * before));
}

/**
 * A copy of the values in the memory of a worker's engine, below its scopes: calls with the same name copy them once, and those of another name take
 * their place.
 * @param name stands for the values, whichever run they are of: a text, or an object that belongs to them.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED in a scope, which would take the memory back.
 */
export function heldVector(engine: Engine, kind: HeldKind, values: Float32Array, name: string | object): Float32Block {
  if (engine.arena.isScoped)
    throw new FedscoreError(
      "FEDSCORE_UNSUPPORTED",
      "what is to stay in an engine's memory was sent within a scope of it",
    );
  const kinds = heldBy.get(engine) ?? new Map<HeldKind, Held>();
  heldBy.set(engine, kinds);
  const held = kinds.get(kind);
  const before = held?.block.length ?? 0;
  const block = held && before >= values.length ? held.block : room(engine, values.length, before);
  const own = new Float32Block(engine.arena, block.pointer, values.length);
  if (held?.name === name && held.length === values.length) return own;
  own.array.set(values);
  kinds.set(kind, { block, name, length: values.length });
  return own;
}
