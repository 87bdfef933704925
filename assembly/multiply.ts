/**
 * The blocked matrix product over packed panels, float32: see assembly/gemm.ts. A panel's slice of `depthBlock` rows (8 kB)
 * stays in the first-level cache while the rows of a block of A (240 kB) pass from the second level.
 */
import { applyEpilogue, Epilogue } from "./activation";
import { multiplyTile, tileRows } from "./microkernel";
import { checkRange } from "./simd";

/** Depth of a slice of B that is multiplied at once. */
export const depthBlock: i32 = 256;
const rowBlock: i32 = 240;

/** One row of zeros, one padded row of bias, one tile of results for a panel wider than its matrix. */
const zeros = memory.data(32, 16);
const paddedBias = memory.data(32, 16);
const edgeTile = memory.data(192, 16);

/** A tile's rows of a transposed A whose own rows are multiples of 4 kB apart and would fall into one cache set. */
const strip = memory.data(6144, 64);
const stripStep: usize = 24;

/** Bytes from row to row of a matrix whose stride is in floats. */
// @ts-ignore: decorator
@inline
export function bytes(stride: i32): usize {
  return <usize>stride << 2;
}

// @ts-ignore: decorator
@inline
export function checkMatrix(pointer: usize, stride: i32, rows: i32, columns: i32): void {
  if (rows > 0) checkRange(pointer, bytes(stride) * <usize>(rows - 1) + bytes(columns));
}

// @ts-ignore: decorator
@inline
export function checkPanels(packed: usize, depth: i32, columns: i32): void {
  checkRange(packed, <usize>((columns + 7) >> 3) * <usize>depth * 32);
}

/** Copies count < 8 floats and fills up to 8 with zeros. */
export function copyPadded(from: usize, count: i32, to: usize): void {
  v128.store(to, f32x4.splat(0));
  v128.store(to, f32x4.splat(0), 16);
  for (let i = 0; i < count; ++i) store<f32>(to + bytes(i), load<f32>(from + bytes(i)));
}

/**
 * The blocked product behind all entries. `accumulate` starts from c instead of from the bias; `wide` says that c's rows
 * have room for whole panels, as an epilogue requires: see applyEpilogue.
 */
export function multiply(
  transposed: bool,
  a: usize,
  aStride: i32,
  packed: usize,
  panelBytes: usize,
  bias: usize,
  accumulate: bool,
  c: usize,
  cStride: i32,
  wide: bool,
  rows: i32,
  columns: i32,
  depth: i32,
  epilogue: i32,
  derivative: usize,
  joint: usize,
  jointStride: i32,
): void {
  const aStep = bytes(aStride);
  const cStep = bytes(cStride);
  const jointStep = bytes(jointStride);
  const copied = transposed && aStride % 1024 == 0;
  let start = 0;
  do {
    const block = min(depthBlock, depth - start);
    const finish = start + block == depth ? epilogue : Epilogue.none;
    const resume = accumulate || start > 0;
    for (let firstRow = 0, span = 0; firstRow < rows; firstRow += span) {
      span = copied ? rowsOfTile(rows - firstRow) : min(rowBlock, rows - firstRow);
      const lastRow = firstRow + span;
      if (copied) copyRows(a + bytes(firstRow) + aStep * <usize>start, aStep, strip, stripStep, block, span);
      for (let column = 0; column < columns; column += 8) {
        const width = min(8, columns - column);
        const edge = width < 8 && !wide;
        const panel = packed + panelBytes * <usize>(column >> 3) + <usize>start * 32;
        let init = zeros;
        if (bias) {
          init = bias + bytes(column);
          if (width < 8) {
            copyPadded(init, width, paddedBias);
            init = paddedBias;
          }
        }
        let count = 0;
        for (let row = firstRow; row < lastRow; row += count) {
          count = rowsOfTile(lastRow - row);
          const target = c + cStep * <usize>row + bytes(column);
          const from = a + (transposed ? bytes(row) + aStep * <usize>start : aStep * <usize>row + bytes(start));
          const result = edge ? edgeTile : target;
          const resultStep = edge ? <usize>32 : cStep;
          if (edge && resume) copyRows(target, cStep, edgeTile, 32, count, width);
          multiplyTile(
            count,
            transposed,
            copied ? strip : from,
            copied ? stripStep : aStep,
            panel,
            block,
            resume ? result : init,
            resume ? resultStep : <usize>0,
            result,
            resultStep,
          );
          if (edge) copyRows(edgeTile, 32, target, cStep, count, width);
        }
        if (finish != Epilogue.none) {
          const offset = cStep * <usize>firstRow + bytes(column);
          const slopes = derivative ? derivative + offset : 0;
          const addend = joint ? joint + jointStep * <usize>firstRow + bytes(column) : 0;
          applyEpilogue(finish, c + offset, slopes, cStep, addend, jointStep, span);
        }
      }
    }
    start += depthBlock;
  } while (start < depth);
}

/** Full tiles while enough rows remain; the last two tiles share what is left so that neither is nearly empty. */
// @ts-ignore: decorator
@inline
function rowsOfTile(left: i32): i32 {
  if (left > tileRows && left < tileRows + 4) return min(4, tileRows);
  return min(left, tileRows);
}

function copyRows(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, width: i32): void {
  for (; rows; --rows) {
    let i: usize = 0;
    const end = bytes(width);
    for (; i + 16 <= end; i += 16) v128.store(to + i, v128.load(from + i));
    for (; i < end; i += 4) store<f32>(to + i, load<f32>(from + i));
    from += fromStep;
    to += toStep;
  }
}
