/**
 * The blocked matrix product over packed panels, float32: see assembly/gemm.ts. A tile's rows of A, at most
 * `depthBlock` wide (12 kB), stay in the first-level cache while the panels of a block of columns (256 kB: the wider,
 * the less deep it is) pass from the second level, one after the other in memory, and the finished rows go through the
 * epilogue while they are still near.
 */
import { depthBlock, Epilogue } from "../src/kernels/codes";
import { applyEpilogue } from "./activation";
import { multiplyRows, tileRows } from "./microkernel";
import { checkRange, copyFloats } from "./simd";
import { transposeRows } from "./transpose";

/** Floats of B that are multiplied at once, and columns: finished rows should stay in the first-level cache. */
const blockFloats: i32 = 65536;
const mostColumns: i32 = 512;

/** One row of zeros, one padded row of bias, one tile of results for a panel wider than its matrix. */
const zeros = memory.data(32, 16);
const paddedBias = memory.data(32, 16);
const edgeTile = memory.data(192, 16);

/** A tile's rows of a transposed A, turned over: six rows of `depthBlock` floats, off multiples of 512 bytes. */
const strip = memory.data(12384, 64);
const stripStep: usize = 2064;

/** Bytes from row to row of a matrix whose stride is in floats. */
// @ts-ignore: decorator
@inline
export function bytes(stride: i32): usize {
  return (<usize>stride) << 2;
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
 * The blocked product behind all entries. `accumulate` starts from c instead of from the bias; `wide` says that c's
 * rows have room for whole panels, as an epilogue requires: see applyEpilogue.
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
  const width = columns & 7;
  if (bias && width) copyPadded(bias + bytes(columns - width), width, paddedBias);
  let start = 0;
  do {
    const block = min(depthBlock, depth - start);
    const last = start + block == depth;
    const resume = accumulate || start > 0;
    const columnBlock = block > 128 ? (blockFloats / block) & ~7 : mostColumns;
    for (let column = 0; column < columns; column += columnBlock) {
      const whole = min(columnBlock, columns - column) >> 3;
      const partial = column + columnBlock > columns && width > 0;
      const panel = packed + panelBytes * <usize>(column >> 3) + <usize>start * 32;
      let count = 0;
      for (let row = 0; row < rows; row += count) {
        count = rowsOfTile(rows - row);
        let from = strip;
        let fromStep = stripStep;
        if (transposed) {
          transposeRows(a + bytes(row) + aStep * <usize>start, aStep, block, count, strip, stripStep);
        } else {
          from = a + aStep * <usize>row + bytes(start);
          fromStep = aStep;
        }
        const offset = cStep * <usize>row + bytes(column);
        const to = c + offset;
        if (whole) {
          const init = resume ? to : bias ? bias + bytes(column) : zeros;
          const initStep: usize = resume || bias ? 32 : 0;
          multiplyRows(
            count,
            from,
            fromStep,
            panel,
            panelBytes,
            whole,
            block,
            init,
            resume ? cStep : 0,
            initStep,
            to,
            cStep,
          );
        }
        if (partial) {
          const target = to + <usize>whole * 32;
          const result = wide ? target : edgeTile;
          const step = wide ? cStep : 32;
          if (resume && !wide) copyRows(target, cStep, edgeTile, 32, count, width);
          const init = resume ? result : bias ? paddedBias : zeros;
          multiplyRows(
            count,
            from,
            fromStep,
            panel + panelBytes * <usize>whole,
            0,
            1,
            block,
            init,
            resume ? step : 0,
            0,
            result,
            step,
          );
          if (!wide) copyRows(edgeTile, 32, target, cStep, count, width);
        }
        if (last && epilogue != Epilogue.none) {
          const slopes = derivative ? derivative + offset : 0;
          const addend = joint ? joint + jointStep * <usize>row + bytes(column) : 0;
          applyEpilogue(epilogue, to, slopes, cStep, addend, jointStep, count, whole + <i32>partial);
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
    copyFloats(from, to, bytes(width));
    from += fromStep;
    to += toStep;
  }
}
