import { number } from "../../fields.js";
import type { Engine, Pointer } from "../../kernels/index.js";

/** What is particular to an optimizer: one update with a gradient that is to be multiplied by `scale`. */
export type Update = (parameters: Pointer, gradient: Pointer, keep: Pointer, scale: number) => void;

/** float32 [size] of zeros in the current arena scope. */
export function cleared(engine: Engine, size: number): Pointer {
  const block = engine.arena.floats(size);
  block.array.fill(0);
  return block.pointer;
}

export const learningRate = (value: number) => number("(0, inf)", value, "Learning rate.");
