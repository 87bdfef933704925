/**
 * Matrix products in float32 over packed panels. The right-hand matrix B [depth, columns] is packed into panels of 8
 * columns, each depth x 8 row-major, the last one padded with zeros: see packedLength in src/kernels/gemm.ts. Strides
 * are in floats, at least the row's length.
 */
import { Epilogue } from "../src/kernels/codes";
import { useTileRows } from "./microkernel";
import { bytes, checkMatrix, checkPanels, copyPadded, multiply } from "./multiply";
import { checkRange } from "./simd";
import { transpose4 } from "./transpose";

/**
 * Rows of A that are multiplied at once from now on: at most 6, in the strict builds 4, more is taken as that. Results
 * do not depend on it, speed does.
 */
export function setTileRows(rows: i32): void {
  useTileRows(rows);
}

/** Packs B = source [depth, columns]. */
export function packPanels(source: usize, stride: i32, depth: i32, columns: i32, packed: usize): void {
  checkMatrix(source, stride, depth, columns);
  checkPanels(packed, depth, columns);
  const step = bytes(stride);
  let column = 0;
  // Two panels at a time: their rows share a cache line, which may be gone when only one of them was read.
  const next = <usize>depth * 32;
  for (; column + 16 <= columns; column += 16) {
    let from = source + bytes(column);
    for (let k = depth; k; --k) {
      v128.store(packed, v128.load(from));
      v128.store(packed, v128.load(from, 16), 16);
      v128.store(packed + next, v128.load(from, 32));
      v128.store(packed + next, v128.load(from, 48), 16);
      from += step;
      packed += 32;
    }
    packed += next;
  }
  if (column + 8 <= columns) {
    let from = source + bytes(column);
    for (let k = depth; k; --k) {
      v128.store(packed, v128.load(from));
      v128.store(packed, v128.load(from, 16), 16);
      from += step;
      packed += 32;
    }
    column += 8;
  }
  if (column == columns) return;
  let from = source + bytes(column);
  for (let k = depth; k; --k) {
    copyPadded(from, columns - column, packed);
    from += step;
    packed += 32;
  }
}

/** Packs B = the transpose of source [columns, depth]. */
export function packPanelsTransposed(source: usize, stride: i32, depth: i32, columns: i32, packed: usize): void {
  checkMatrix(source, stride, columns, depth);
  checkPanels(packed, depth, columns);
  const step = bytes(stride);
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column);
    const from = source + bytes(stride) * <usize>column;
    let k = 0;
    if (width == 8) {
      for (; k + 4 <= depth; k += 4) {
        transpose4(from + bytes(k), step, packed, 32);
        transpose4(from + bytes(k) + step * 4, step, packed + 16, 32);
        packed += 128;
      }
    }
    for (; k < depth; ++k) {
      for (let i = 0; i < width; ++i) store<f32>(packed + bytes(i), load<f32>(from + bytes(k) + step * <usize>i));
      for (let i = width; i < 8; ++i) store<f32>(packed + bytes(i), 0);
      packed += 32;
    }
  }
}

/**
 * c [rows, columns] = a [rows, depth] B + bias [columns], where `transposed` is 1 with a stored as [depth, rows]; no
 * bias where its pointer is 0.
 */
export function gemm(
  transposed: i32,
  a: usize,
  aStride: i32,
  packed: usize,
  bias: usize,
  c: usize,
  cStride: i32,
  rows: i32,
  columns: i32,
  depth: i32,
): void {
  checkMatrix(a, aStride, transposed ? depth : rows, transposed ? rows : depth);
  checkPanels(packed, depth, columns);
  if (bias) checkRange(bias, bytes(columns));
  checkMatrix(c, cStride, rows, columns);
  multiply(
    transposed != 0,
    a,
    aStride,
    packed,
    <usize>depth * 32,
    bias,
    false,
    c,
    cStride,
    false,
    rows,
    columns,
    depth,
    Epilogue.none,
    0,
    0,
    0,
  );
}
