import { ArgumentTypeError, requireInteger, requireLength } from "../errors.js";
import type { Float32Block } from "./arena.js";

/** Throws unless value is a block of an arena, of `length` entries where that is given. */
export function requireBlock(argument: string, block: Float32Block, length?: number): Float32Block {
  const isBlock = typeof block === "object" && block !== null && "pointer" in block && "length" in block;
  if (!isBlock) throw new ArgumentTypeError(argument, "must be a Float32Block, as an arena gives it", block);
  requireInteger(`${argument}.pointer`, block.pointer, 0);
  requireInteger(`${argument}.length`, block.length, 0);
  if (length !== undefined) requireLength(argument, block, length);
  return block;
}
