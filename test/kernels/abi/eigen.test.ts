import { expect, it } from "vitest";
import type { Engine } from "../../../src/kernels/index.js";
import { describeEngines } from "../../support/engines.js";

type Matrix = number[][];

/** Deterministic numbers in (-1, 1) without structure. */
const noise = (i: number, j: number) => {
  const x = Math.sin(i * 12.9898 + j * 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
};
const matrix = (rows: number, columns: number, entry: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)));
const multiply = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.length, b[0].length, (i, j) => a[i].reduce((sum, value, k) => sum + value * b[k][j], 0));
const transpose = (a: Matrix): Matrix => matrix(a[0].length, a.length, (i, j) => a[j][i]);
const symmetric = (n: number) => matrix(n, n, (i, j) => noise(Math.min(i, j), Math.max(i, j)));
const largest = (a: Matrix) => Math.max(...a.flat().map(Math.abs));
const minus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, j) => value - b[i][j]));

function decompose(engine: Engine, a: Matrix, capacity = 0): { values: number[]; vectors: Matrix } {
  const { arena, kernels } = engine;
  const n = a.length;
  const stride = Math.ceil(n / 32) * 32;
  return arena.scope(() => {
    const work = arena.copyBytes(Float64Array.from(a.flat()));
    const [diagonal, offDiagonal, factors] = [0, 1, 2].map(() => arena.allocate(8 * n));
    const vectors = arena.floats(n * stride);
    kernels.tridiagonalize(work, n, diagonal, offDiagonal, factors, arena.allocate(24 * n));
    kernels.formReflections(work, n, factors, vectors.pointer, stride, arena.allocate(4 * n));
    const room = Math.max(n, capacity);
    const left = kernels.tridiagonalEigen(
      diagonal,
      offDiagonal,
      n,
      vectors.pointer,
      stride,
      arena.allocate(12 * room),
      room,
    );
    expect(left).toBe(0);
    return {
      values: [...arena.float64(diagonal, n)],
      vectors: matrix(n, n, (i, j) => vectors.array[i * stride + j]),
    };
  });
}

function cholesky(engine: Engine, a: Matrix, tolerance = 1e-12) {
  const { arena, kernels } = engine;
  const n = a.length;
  return arena.scope(() => {
    const work = arena.copyBytes(Float64Array.from(a.flat()));
    const permutation = arena.allocate(4 * n);
    const rank = kernels.pivotedCholesky(work, n, permutation, arena.allocate(8 * n), tolerance);
    const entries = arena.float64(work, n * n);
    return {
      rank,
      permutation: [...arena.int32(permutation, n)],
      lower: matrix(n, rank, (i, j) => (j <= i ? entries[i * n + j] : 0)),
    };
  });
}

describeEngines("symmetric eigenvalues", (engineOf) => {
  // Eigenvalues are float64: |error| <= a small multiple of n eps |A|. Vectors are float32: 1e-5 covers n = 65 rounded rotations.
  for (const n of [1, 2, 3, 7, 32, 33, 65]) {
    it(`rebuilds a ${n} x ${n} matrix`, () => {
      const a = symmetric(n);
      const { values, vectors } = decompose(engineOf(), a);
      const rebuilt = multiply(
        transpose(vectors),
        vectors.map((row, i) => row.map((value) => value * values[i])),
      );
      expect(largest(minus(rebuilt, a))).toBeLessThan(2e-5 * Math.max(1, Math.sqrt(n)));
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(
        a.reduce((sum, row, i) => sum + row[i], 0),
        11,
      );
      expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(
        a.flat().reduce((sum, value) => sum + value ** 2, 0),
        9,
      );
    });
  }

  it("knows the second difference matrix: 2 - 2 cos(pi k / (n + 1))", () => {
    const n = 50;
    const a = matrix(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    const values = decompose(engineOf(), a).values.sort((x, y) => x - y);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (k + 1)) / (n + 1)), 13);
    });
  });

  it("takes multiples of the identity, zeros, and rank one", () => {
    expect(
      decompose(
        engineOf(),
        matrix(5, 5, (i, j) => (i === j ? 3 : 0)),
      ).values,
    ).toEqual([3, 3, 3, 3, 3]);
    expect(
      decompose(
        engineOf(),
        matrix(4, 4, () => 0),
      ).values,
    ).toEqual([0, 0, 0, 0]);
    const values = decompose(
      engineOf(),
      matrix(6, 6, () => 1),
    ).values.sort((x, y) => x - y);
    expect(values[5]).toBeCloseTo(6, 13);
    expect(Math.max(...values.slice(0, 5).map(Math.abs))).toBeLessThan(1e-14);
  });

  it("keeps vectors orthonormal where columns are all but zero", () => {
    // Couplings down to 1e-29, whose squares leave float32: what rounding leaves of coordinates without variance.
    const n = 16;
    const a = matrix(n, n, (i, j) => noise(Math.min(i, j), Math.max(i, j)) * 10 ** -(i + j));
    const { vectors } = decompose(engineOf(), a);
    const products = multiply(vectors, transpose(vectors));
    expect(
      largest(
        minus(
          products,
          matrix(n, n, (i, j) => (i === j ? 1 : 0)),
        ),
      ),
    ).toBeLessThan(1e-5);
  });

  it("gives the same when the rotation buffer is emptied many times", () => {
    const a = symmetric(40);
    expect(decompose(engineOf(), a, 40)).toEqual(decompose(engineOf(), a, 100_000));
  });
});

describeEngines("pivoted Cholesky", (engineOf) => {
  it.each([
    [1, 1],
    [5, 5],
    [9, 4],
    [33, 33],
    [40, 7],
  ])("rebuilds a %i x %i matrix of rank %i", (n, rank) => {
    const factor = matrix(n, rank, noise);
    const a = multiply(factor, transpose(factor));
    const found = cholesky(engineOf(), a);
    expect(found.rank).toBe(rank);
    const permuted = matrix(n, n, (i, j) => a[found.permutation[i]][found.permutation[j]]);
    expect(largest(minus(multiply(found.lower, transpose(found.lower)), permuted))).toBeLessThan(1e-13 * n);
    expect([...found.permutation].sort((x, y) => x - y)).toEqual([...Array(n).keys()]);
  });

  it.each([1, 2, 5, 16, 33])("inverts the factor of size %i", (n) => {
    const factor = matrix(n, n, (i, j) => noise(i, j) + (i === j ? 3 : 0));
    const { lower } = cholesky(engineOf(), multiply(factor, transpose(factor)));
    const { arena, kernels } = engineOf();
    const inverse = arena.scope(() => {
      const padded = Float64Array.from(lower.flatMap((row) => [...row, 7]));
      const out = arena.allocate(8 * n * n);
      kernels.invertLower(arena.copyBytes(padded), n, n + 1, out);
      return [...arena.float64(out, n * n)];
    });
    const identity = multiply(
      lower,
      matrix(n, n, (i, j) => inverse[i * n + j]),
    );
    expect(
      largest(
        minus(
          identity,
          matrix(n, n, (i, j) => (i === j ? 1 : 0)),
        ),
      ),
    ).toBeLessThan(1e-12);
  });

  it("finds no rank in zeros", () => {
    expect(
      cholesky(
        engineOf(),
        matrix(3, 3, () => 0),
      ).rank,
    ).toBe(0);
  });
});

describeEngines("Gram matrix", (engineOf) => {
  it.each([
    [1, 1],
    [2, 3],
    [3, 2],
    [4, 8],
    [5, 7],
    [7, 5],
    [10, 33],
    [33, 10],
  ])("adds x x^T, x [%i, %i], on and below the diagonal", (n, depth) => {
    const { arena, kernels } = engineOf();
    const x = matrix(n, depth, noise);
    const found = arena.scope(() => {
      const out = arena.copyBytes(new Float64Array(n * n).fill(5));
      kernels.addGram(arena.copyBytes(Float64Array.from(x.flat())), n, depth, out);
      return [...arena.float64(out, n * n)];
    });
    const expected = multiply(x, transpose(x));
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) expect(found[i * n + j]).toBeCloseTo(5 + expected[i][j], 13);
  });
});

describeEngines("upper triangular product", (engineOf) => {
  it.each([
    [1, 1, 1],
    [2, 4, 2],
    [3, 5, 7],
    [8, 8, 8],
    [13, 6, 17],
    [5, 9, 5],
  ])("U [%i, %3$i] times b [%i, %i]^T", (m, n, k) => {
    const { arena, kernels } = engineOf();
    const upper = matrix(m, k, (i, j) => (j >= i ? noise(i, j) : 0));
    const b = matrix(n, k, (i, j) => noise(j + 3, i));
    const found = arena.scope(() => {
      const out = arena.copyBytes(new Float64Array(m * n).fill(Number.NaN));
      const [left, right] = [upper, b].map((entries) => arena.copyBytes(Float64Array.from(entries.flat())));
      kernels.upperTimesTransposed(left, right, m, n, k, out);
      return [...arena.float64(out, m * n)];
    });
    multiply(upper, transpose(b))
      .flat()
      .forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 13);
      });
  });
});
