declare const kind: unique symbol;

/**
 * A byte offset into the memory of one WASM instance. A number of any other kind, a length say, does not pass for one.
 */
export type Pointer = number & { readonly [kind]: "pointer" };

/** What leaves out an operand or an output that a kernel can do without. */
export const nullPointer = 0 as Pointer;

/** The place `bytes` bytes behind `pointer`. */
export function atByte(pointer: Pointer, bytes: number): Pointer {
  return (pointer + bytes) as Pointer;
}

/** Where entry `index` of the float32 numbers (or int32, uint32) that begin at `pointer` lies. */
export function atFloat32(pointer: Pointer, index: number): Pointer {
  return atByte(pointer, 4 * index);
}

/** Where entry `index` of the float64 numbers that begin at `pointer` lies. */
export function atFloat64(pointer: Pointer, index: number): Pointer {
  return atByte(pointer, 8 * index);
}
