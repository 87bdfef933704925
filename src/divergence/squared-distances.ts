import { atFloat32, type Engine, nullPointer, type Pointer, packedLength } from "../kernels/index.js";

/** From this dimension on, squared distances come from inner products (a matrix product) and not from differences. */
const gramDimension = 24;

/** Consecutive rows. */
export interface RowBlock {
  readonly start: number;
  readonly rows: number;
}

/** Writes squared distances between the rows of two blocks, float32 [left.rows, right.rows]. */
export type SquaredDistances = (left: RowBlock, right: RowBlock, out: Pointer) => void;

/** Squared distances between rows of x, float32 [rows, dimension], of mean about 0. Lives as long as the arena scope it is called in. */
export function openSquaredDistances(engine: Engine, x: Float32Array, dimension: number): SquaredDistances {
  return dimension < gramDimension ? byDifferences(engine, x, dimension) : byInnerProducts(engine, x, dimension);
}

function byDifferences(engine: Engine, x: Float32Array, d: number): SquaredDistances {
  const { arena, kernels } = engine;
  const rows = x.length / d;
  const points = arena.copyIn(x).pointer;
  const transposed = arena.floats(x.length);
  const entries = transposed.array;
  for (let i = 0; i < rows; i++) for (let k = 0; k < d; k++) entries[k * rows + i] = x[i * d + k];
  return (left, right, out) =>
    kernels.squaredDistances(
      atFloat32(points, left.start * d),
      atFloat32(transposed.pointer, right.start),
      left.rows,
      right.rows,
      d,
      rows,
      out,
    );
}

function byInnerProducts(engine: Engine, x: Float32Array, d: number): SquaredDistances {
  const { arena, kernels } = engine;
  const rows = x.length / d;
  const points = arena.copyIn(x).pointer;
  const norms = arena.floats(rows).pointer;
  kernels.squaredNorms(points, rows, d, norms);
  const packed = arena.floats(packedLength(d, rows)).pointer;
  let packedStart = -1;
  return (left, right, out) => {
    if (packedStart !== right.start) {
      kernels.packPanelsTransposed(atFloat32(points, right.start * d), d, d, right.rows, packed);
      packedStart = right.start;
    }
    kernels.gemm(
      0,
      atFloat32(points, left.start * d),
      d,
      packed,
      nullPointer,
      out,
      right.rows,
      left.rows,
      right.rows,
      d,
    );
    kernels.gramToSquaredDistances(
      out,
      atFloat32(norms, left.start),
      atFloat32(norms, right.start),
      left.rows,
      right.rows,
    );
  };
}
