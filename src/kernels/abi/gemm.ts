import type { Pointer } from "../arena.js";

/**
 * Matrix products in float32, row-major. Strides are in floats, at least the row's length. A right-hand matrix
 * B [depth, columns] is packed into ceil(columns / 8) panels of depth x 8 floats: see packedLength in ../gemm.ts.
 */
export interface GemmKernels {
  /**
   * Rows of a that are multiplied at once from now on: at most 6, in the strict builds 4, more is taken as that. Results do
   * not depend on it, speed does.
   */
  setTileRows(rows: number): void;
  /** Packs B = source [depth, columns]. */
  packPanels(source: Pointer, stride: number, depth: number, columns: number, packed: Pointer): void;
  /** Packs B = the transpose of source [columns, depth]. */
  packPanelsTransposed(source: Pointer, stride: number, depth: number, columns: number, packed: Pointer): void;
  /**
   * c [rows, columns] = a [rows, depth] B + bias [columns], where transposed is 1 with a stored as [depth, rows]; no bias
   * where its pointer is 0.
   */
  gemm(
    transposed: number,
    a: Pointer,
    aStride: number,
    packed: Pointer,
    bias: Pointer,
    c: Pointer,
    cStride: number,
    rows: number,
    columns: number,
    depth: number,
  ): void;
}

export const gemmArity = {
  setTileRows: 1,
  packPanels: 5,
  packPanelsTransposed: 5,
  gemm: 10,
} satisfies Record<keyof GemmKernels, number>;
