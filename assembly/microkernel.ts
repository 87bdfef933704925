/**
 * Register tiles of a matrix product: up to 6 rows of A times one panel of 8 columns of B, all sums in registers. Every
 * element is one chain c = fma(a, b, c) in ascending depth, so its bits do not depend on the tile it was computed in.
 */
import { fma } from "./simd";

/**
 * Rows of a full tile: with separate multiply and add a product needs a register of its own, so 8 accumulators are
 * fastest; with fused multiply-add 12 hide its latency best, where the engine's compiler keeps them all in registers.
 */
export let tileRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Sets tileRows to the nearest number of rows that this build has a tile for. */
export function useTileRows(rows: i32): void {
  tileRows = min(max(rows, 1), ASC_FEATURE_RELAXED_SIMD ? 6 : 4);
}

/**
 * c = init + A B for up to 6 rows and `panels` panels of 8 columns: c[0..rows)[0..8 panels). Strides are in bytes.
 * `init` has the shape of c, `initStride` 0 repeats one row (a bias); `initStep` is 32, or 0 to use the same 8 columns
 * for each panel. A is read as a[row * aStride + 4 k]; a panel holds 8 floats for each k < depth, the next one starts
 * `panelBytes` later.
 */
export function multiplyRows(
  rows: i32,
  a: usize,
  aStride: usize,
  panel: usize,
  panelBytes: usize,
  panels: i32,
  depth: i32,
  init: usize,
  initStride: usize,
  initStep: usize,
  c: usize,
  cStride: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (rows == 6)
      return tiles(6, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
    if (rows == 5)
      return tiles(5, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
  }
  if (rows == 4) return tiles(4, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
  if (rows == 3) return tiles(3, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
  if (rows == 2) return tiles(2, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
  return tiles(1, a, aStride, panel, panelBytes, panels, depth, init, initStride, initStep, c, cStride);
}

/**
 * `rows` is a constant at every call, so each call compiles to its own straight loop, four steps of depth an iteration.
 * No pointer is ever 0: the branches on them keep compilers that order loads before sums (V8 up to 12) from loading all
 * rows of all steps first, for which there are not enough registers; each asks for another pointer, because a question
 * that was answered before is left out.
 */
// @ts-ignore: decorator
@inline
function tiles(
  rows: i32,
  firstRow: usize,
  aStride: usize,
  firstPanel: usize,
  panelBytes: usize,
  panels: i32,
  depth: i32,
  init: usize,
  initStride: usize,
  initStep: usize,
  c: usize,
  cStride: usize,
): void {
  for (; panels; --panels) {
    let from = init;
    let c00 = v128.load(from);
    let c01 = v128.load(from, 16);
    from += initStride;
    let c10 = rows > 1 ? v128.load(from) : c00;
    let c11 = rows > 1 ? v128.load(from, 16) : c00;
    from += initStride;
    let c20 = rows > 2 ? v128.load(from) : c00;
    let c21 = rows > 2 ? v128.load(from, 16) : c00;
    from += initStride;
    let c30 = rows > 3 ? v128.load(from) : c00;
    let c31 = rows > 3 ? v128.load(from, 16) : c00;
    from += initStride;
    let c40 = rows > 4 ? v128.load(from) : c00;
    let c41 = rows > 4 ? v128.load(from, 16) : c00;
    from += initStride;
    let c50 = rows > 5 ? v128.load(from) : c00;
    let c51 = rows > 5 ? v128.load(from, 16) : c00;

    let panel = firstPanel;
    let a = firstRow;
    let a1 = a + aStride;
    let a2 = a1 + aStride;
    let a3 = a2 + aStride;
    let a4 = a3 + aStride;
    let a5 = a4 + aStride;
    let left = depth;
    while (left > 3) {
      {
        const b0 = v128.load(panel);
        const b1 = v128.load(panel, 16);
        const x0 = v128.load32_splat(a);
        c00 = fma(x0, b0, c00);
        c01 = fma(x0, b1, c01);
        if (rows > 1) {
          const x1 = v128.load32_splat(a1);
          c10 = fma(x1, b0, c10);
          c11 = fma(x1, b1, c11);
        }
        if (rows > 2) {
          const x2 = v128.load32_splat(a2);
          c20 = fma(x2, b0, c20);
          c21 = fma(x2, b1, c21);
        }
        if (rows > 3 && !panel) break;
        if (rows > 3) {
          const x3 = v128.load32_splat(a3);
          c30 = fma(x3, b0, c30);
          c31 = fma(x3, b1, c31);
        }
        if (rows > 4) {
          const x4 = v128.load32_splat(a4);
          c40 = fma(x4, b0, c40);
          c41 = fma(x4, b1, c41);
        }
        if (rows > 5) {
          const x5 = v128.load32_splat(a5);
          c50 = fma(x5, b0, c50);
          c51 = fma(x5, b1, c51);
        }
      }
      if (rows > 2 && !a) break;
      {
        const b0 = v128.load(panel, 32);
        const b1 = v128.load(panel, 48);
        const x0 = v128.load32_splat(a, 4);
        c00 = fma(x0, b0, c00);
        c01 = fma(x0, b1, c01);
        if (rows > 1) {
          const x1 = v128.load32_splat(a1, 4);
          c10 = fma(x1, b0, c10);
          c11 = fma(x1, b1, c11);
        }
        if (rows > 2) {
          const x2 = v128.load32_splat(a2, 4);
          c20 = fma(x2, b0, c20);
          c21 = fma(x2, b1, c21);
        }
        if (rows > 3 && !a1) break;
        if (rows > 3) {
          const x3 = v128.load32_splat(a3, 4);
          c30 = fma(x3, b0, c30);
          c31 = fma(x3, b1, c31);
        }
        if (rows > 4) {
          const x4 = v128.load32_splat(a4, 4);
          c40 = fma(x4, b0, c40);
          c41 = fma(x4, b1, c41);
        }
        if (rows > 5) {
          const x5 = v128.load32_splat(a5, 4);
          c50 = fma(x5, b0, c50);
          c51 = fma(x5, b1, c51);
        }
      }
      if (rows > 2 && !firstRow) break;
      {
        const b0 = v128.load(panel, 64);
        const b1 = v128.load(panel, 80);
        const x0 = v128.load32_splat(a, 8);
        c00 = fma(x0, b0, c00);
        c01 = fma(x0, b1, c01);
        if (rows > 1) {
          const x1 = v128.load32_splat(a1, 8);
          c10 = fma(x1, b0, c10);
          c11 = fma(x1, b1, c11);
        }
        if (rows > 2) {
          const x2 = v128.load32_splat(a2, 8);
          c20 = fma(x2, b0, c20);
          c21 = fma(x2, b1, c21);
        }
        if (rows > 3 && !a2) break;
        if (rows > 3) {
          const x3 = v128.load32_splat(a3, 8);
          c30 = fma(x3, b0, c30);
          c31 = fma(x3, b1, c31);
        }
        if (rows > 4) {
          const x4 = v128.load32_splat(a4, 8);
          c40 = fma(x4, b0, c40);
          c41 = fma(x4, b1, c41);
        }
        if (rows > 5) {
          const x5 = v128.load32_splat(a5, 8);
          c50 = fma(x5, b0, c50);
          c51 = fma(x5, b1, c51);
        }
      }
      if (rows > 2 && !firstPanel) break;
      {
        const b0 = v128.load(panel, 96);
        const b1 = v128.load(panel, 112);
        const x0 = v128.load32_splat(a, 12);
        c00 = fma(x0, b0, c00);
        c01 = fma(x0, b1, c01);
        if (rows > 1) {
          const x1 = v128.load32_splat(a1, 12);
          c10 = fma(x1, b0, c10);
          c11 = fma(x1, b1, c11);
        }
        if (rows > 2) {
          const x2 = v128.load32_splat(a2, 12);
          c20 = fma(x2, b0, c20);
          c21 = fma(x2, b1, c21);
        }
        if (rows > 3 && !c) break;
        if (rows > 3) {
          const x3 = v128.load32_splat(a3, 12);
          c30 = fma(x3, b0, c30);
          c31 = fma(x3, b1, c31);
        }
        if (rows > 4) {
          const x4 = v128.load32_splat(a4, 12);
          c40 = fma(x4, b0, c40);
          c41 = fma(x4, b1, c41);
        }
        if (rows > 5) {
          const x5 = v128.load32_splat(a5, 12);
          c50 = fma(x5, b0, c50);
          c51 = fma(x5, b1, c51);
        }
      }
      a += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
      panel += 128;
      left -= 4;
    }
    while (left) {
      const b0 = v128.load(panel);
      const b1 = v128.load(panel, 16);
      const x0 = v128.load32_splat(a);
      c00 = fma(x0, b0, c00);
      c01 = fma(x0, b1, c01);
      if (rows > 1) {
        const x1 = v128.load32_splat(a1);
        c10 = fma(x1, b0, c10);
        c11 = fma(x1, b1, c11);
      }
      if (rows > 2) {
        const x2 = v128.load32_splat(a2);
        c20 = fma(x2, b0, c20);
        c21 = fma(x2, b1, c21);
      }
      if (rows > 3 && !panel) break;
      if (rows > 3) {
        const x3 = v128.load32_splat(a3);
        c30 = fma(x3, b0, c30);
        c31 = fma(x3, b1, c31);
      }
      if (rows > 4) {
        const x4 = v128.load32_splat(a4);
        c40 = fma(x4, b0, c40);
        c41 = fma(x4, b1, c41);
      }
      if (rows > 5) {
        const x5 = v128.load32_splat(a5);
        c50 = fma(x5, b0, c50);
        c51 = fma(x5, b1, c51);
      }
      a += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
      panel += 32;
      --left;
    }

    let to = c;
    v128.store(to, c00);
    v128.store(to, c01, 16);
    if (rows > 1) {
      to += cStride;
      v128.store(to, c10);
      v128.store(to, c11, 16);
    }
    if (rows > 2) {
      to += cStride;
      v128.store(to, c20);
      v128.store(to, c21, 16);
    }
    if (rows > 3) {
      to += cStride;
      v128.store(to, c30);
      v128.store(to, c31, 16);
    }
    if (rows > 4) {
      to += cStride;
      v128.store(to, c40);
      v128.store(to, c41, 16);
    }
    if (rows > 5) {
      to += cStride;
      v128.store(to, c50);
      v128.store(to, c51, 16);
    }
    firstPanel += panelBytes;
    init += initStep;
    c += 32;
  }
}
