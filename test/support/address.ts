import { nullPointer, type Pointer } from "../../src/kernels/index.js";
import { atByte } from "../../src/kernels/pointer.js";

/** A place in memory that no arena gave out. */
export function address(bytes: number): Pointer {
  return atByte(nullPointer, bytes);
}
