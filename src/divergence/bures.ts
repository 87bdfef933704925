import { largestMagnitude, powerOfTwo } from "../data/scale.js";
import { FedscoreError } from "../errors.js";
import { type Engine, nullPointer, type Pointer, packedLength } from "../kernels/index.js";

/** Directions whose pivot or singular value is below this part of the largest one carry no measurable variance. */
const pivotTolerance = 1e-12;
const couplingTolerance = 1e-6;
const rotationCapacity = 1 << 17;

/** How two centred Gaussians N(0, A) and N(0, B) couple best. */
export interface Coupling {
  /** tr (A^1/2 B A^1/2)^1/2, the largest E[X . Y] over couplings. */
  readonly trace: number;
  /** Optimal maps T with x . T x = |map x|^2: from N(0, A) to N(0, B) and back. float32 [rank, d]. */
  readonly mapA: Float32Array;
  readonly mapB: Float32Array;
}

/** A matrix whose largest entry lies in [1, 16), and the unit of the roots of standard deviations: entries = unit^4 matrix. */
function normalized(covariance: Float64Array): { readonly matrix: Float64Array; readonly unit: number } {
  const unit = powerOfTwo(Math.sqrt(Math.sqrt(largestMagnitude(covariance))));
  // In two divisions: unit^4 itself may be below float64.
  return { matrix: covariance.map((value) => value / unit ** 2 / unit ** 2), unit };
}

/**
 * With A = L L^T (pivoted Cholesky) and L^T B L = Z diag(lambda) Z^T, the trace is the sum of the roots of lambda, and
 * T_AB = L^-T Z lambda^1/2 Z^T L^-1, T_BA = L Z lambda^-1/2 Z^T L^T (Peyre and Cuturi, Computational Optimal Transport, remark 2.31, in
 * factors). Singular covariances of any size are allowed. `a`, `b`: float64 [d, d]. Eigenvalues in float64, eigenvectors in float32.
 */
export function optimalCoupling(engine: Engine, a: Float64Array, b: Float64Array, d: number): Coupling {
  const [from, to] = [normalized(a), normalized(b)];
  const { trace, mapA, mapB } = normalizedCoupling(engine, from.matrix, to.matrix, d);
  const ratio = to.unit / from.unit;
  return {
    trace: trace * from.unit ** 2 * to.unit ** 2,
    mapA: mapA.map((value) => value * ratio),
    mapB: mapB.map((value) => value / ratio),
  };
}

function normalizedCoupling(engine: Engine, a: Float64Array, b: Float64Array, d: number): Coupling {
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const lower = arena.copyBytes(a);
    const permutation = arena.allocate(4 * d);
    const rank = kernels.pivotedCholesky(lower, d, permutation, arena.allocate(8 * d), pivotTolerance);
    if (rank === 0) return { trace: 0, mapA: new Float32Array(0), mapB: new Float32Array(0) };
    const order = arena.int32(permutation, d).slice();
    const factor = arena.float64(lower, d * d).slice();
    const upper = new Float64Array(rank * d);
    for (let i = 0; i < rank; i++) for (let j = i; j < d; j++) upper[i * d + j] = factor[j * d + i];
    const { lambda, vectors, stride } = eigen(engine, upper, permuted(b, order), rank, d);
    const roots = lambda.map((value) => Math.sqrt(Math.max(0, value)));
    const inverse = arena.allocate(8 * rank * rank);
    kernels.invertLower(lower, rank, d, inverse);
    const smallest = couplingTolerance * roots.reduce((most, root) => Math.max(most, root), 0);
    const towards = multiply(engine, vectors, stride, arena.float64(inverse, rank * rank), rank, rank);
    const back = multiply(engine, vectors, stride, upper, rank, d);
    return {
      trace: roots.reduce((sum, root) => sum + root, 0),
      mapA: unpermuted(
        towards,
        rank,
        roots.map((root) => Math.sqrt(root)),
        order,
      ),
      mapB: unpermuted(
        back,
        d,
        roots.map((root) => (root > smallest ? 1 / Math.sqrt(root) : 0)),
        order,
      ),
    };
  });
}

function permuted(matrix: Float64Array, order: Int32Array): Float64Array {
  const d = order.length;
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = matrix[order[i] * d + order[j]];
  return out;
}

/** Rows of `matrix`, float32 [rank, columns], scaled, their columns put back to where `order` took them from: float32 [rank, d]. */
function unpermuted(matrix: Float32Array, columns: number, scales: Float64Array, order: Int32Array): Float32Array {
  const d = order.length;
  const out = new Float32Array(scales.length * d);
  scales.forEach((scale, i) => {
    for (let j = 0; j < columns; j++) out[i * d + order[j]] = scale * matrix[i * columns + j];
  });
  return out;
}

/** Eigenvalues, and eigenvectors as rows f32 [rank, stride], of U b U^T: upper f64 [rank, d], b f64 [d, d]. */
function eigen(engine: Engine, upper: Float64Array, b: Float64Array, rank: number, d: number) {
  const { arena, kernels } = engine;
  const stride = Math.ceil(rank / 32) * 32;
  const vectors = arena.floats(rank * stride).pointer;
  const lambda = arena.scope(() => {
    const u = arena.copyBytes(upper);
    const half = arena.allocate(8 * rank * d);
    kernels.upperTimesTransposed(u, arena.copyBytes(b), rank, d, d, half);
    const product = arena.allocate(8 * rank * rank);
    kernels.upperTimesTransposed(u, half, rank, rank, d, product);
    const [diagonal, offDiagonal, factors] = [0, 1, 2].map(() => arena.allocate(8 * rank));
    kernels.tridiagonalize(product, rank, diagonal, offDiagonal, factors, arena.allocate(24 * rank));
    kernels.formReflections(product, rank, factors, vectors, stride, arena.allocate(4 * rank));
    const capacity = Math.max(rank, Math.min(rotationCapacity, 4 * rank * rank));
    const rotations = arena.allocate(12 * capacity);
    const left = kernels.tridiagonalEigen(diagonal, offDiagonal, rank, vectors, stride, rotations, capacity);
    if (left > 0) {
      throw new FedscoreError("FEDSCORE_NON_FINITE", `${left} of ${rank} eigenvalues did not converge`, { left, rank });
    }
    return arena.float64(diagonal, rank).slice();
  });
  return { lambda, vectors, stride };
}

/** vectors [rank, stride] times right, f64 [rank, columns], in float32: [rank, columns]. */
function multiply(
  engine: Engine,
  vectors: Pointer,
  stride: number,
  right: Float64Array,
  rank: number,
  columns: number,
): Float32Array {
  const { arena, kernels } = engine;
  return arena.scope(() => {
    const matrix = arena.copyIn(Float32Array.from(right)).pointer;
    const packed = arena.floats(packedLength(rank, columns)).pointer;
    kernels.packPanels(matrix, columns, rank, columns, packed);
    const out = arena.floats(rank * columns);
    kernels.gemm(0, vectors, stride, packed, nullPointer, out.pointer, columns, rank, columns, rank);
    return out.array.slice();
  });
}
