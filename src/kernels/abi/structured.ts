import type { Pointer } from "../arena.js";

/**
 * A layer is weight [fanOut, fanIn] then bias [fanOut]; `packed` is the same layer of a smaller network, weight
 * [rowCount, columnCount] then bias [rowCount], both float32. `rows` (kept outputs) and `columns` (kept inputs) are
 * strictly ascending uint32.
 */
export interface StructuredKernels {
  /** packed = the kept rows and columns of layer. */
  structuredExtract(
    layer: Pointer,
    fanIn: number,
    fanOut: number,
    rows: Pointer,
    rowCount: number,
    columns: Pointer,
    columnCount: number,
    packed: Pointer,
  ): void;
  /** The kept rows and columns of layer = packed; the rest of layer stays. */
  structuredScatter(
    packed: Pointer,
    rows: Pointer,
    rowCount: number,
    columns: Pointer,
    columnCount: number,
    layer: Pointer,
    fanIn: number,
    fanOut: number,
  ): void;
  /** sum += weight * (packed - layer) on the kept rows and columns; sum is float64 of layer's shape. */
  structuredFold(
    packed: Pointer,
    rows: Pointer,
    rowCount: number,
    columns: Pointer,
    columnCount: number,
    layer: Pointer,
    fanIn: number,
    fanOut: number,
    sum: Pointer,
    weight: number,
  ): void;
}

export const structuredArity = {
  structuredExtract: 8,
  structuredScatter: 8,
  structuredFold: 10,
} satisfies Record<keyof StructuredKernels, number>;
