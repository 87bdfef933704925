import { requireFloats, requireInteger } from "../errors.js";
import { requireOptions } from "../options.js";
import type { Engine } from "./instance.js";
import { nullPointer } from "./pointer.js";
import { requireEngine } from "./require-engine.js";

/** Floats that the panels of a packed [depth, columns] matrix take. */
export function packedLength(depth: number, columns: number): number {
  requireInteger("depth", depth, 0, 2 ** 32);
  requireInteger("columns", columns, 0, 2 ** 32);
  return Math.ceil(columns / 8) * 8 * depth;
}

/** Which operands of `matmul` are given transposed. */
export interface MatmulOptions {
  /** a is stored as [depth, rows]. */
  readonly transposeA?: boolean | undefined;
  /** b is stored as [columns, depth]. */
  readonly transposeB?: boolean | undefined;
}

/**
 * Product of two row-major float32 matrices: [rows, depth] x [depth, columns] -> [rows, columns]. For embedders; copies its
 * arguments into wasm memory and the result out of it.
 * @throws ArgumentError where an array's length is not the product of its sides.
 */
export function matmul(
  engine: Engine,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  depth: number,
  columns: number,
  options: MatmulOptions = {},
): Float32Array<ArrayBuffer> {
  requireInteger("rows", rows, 0);
  requireInteger("depth", depth, 0);
  requireInteger("columns", columns, 0);
  requireFloats("a", a, rows * depth);
  requireFloats("b", b, depth * columns);
  requireOptions("options", options, ["transposeA", "transposeB"]);
  const { arena, kernels } = requireEngine(engine);
  return arena.scope(() => {
    const left = arena.copyIn(a).pointer;
    const right = arena.copyIn(b).pointer;
    const packed = arena.floats(packedLength(depth, columns)).pointer;
    const product = arena.floats(rows * columns);
    if (options.transposeB) kernels.packPanelsTransposed(right, depth, depth, columns, packed);
    else kernels.packPanels(right, columns, depth, columns, packed);
    const transposed = options.transposeA ? 1 : 0;
    kernels.gemm(
      transposed,
      left,
      transposed ? rows : depth,
      packed,
      nullPointer,
      product.pointer,
      columns,
      rows,
      columns,
      depth,
    );
    return product.array.slice();
  });
}
