import { expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";
import { largest, type Matrix, matrix, minus, multiply, noise, transpose } from "../support/matrix.js";

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

  it("takes the largest pivot that is left, so that what is below the tolerance is small", () => {
    const n = 24;
    const factor = matrix(n, n, (i, j) => noise(i, j) * 10 ** -((7 * i) % n));
    const { rank, lower } = cholesky(engineOf(), multiply(factor, transpose(factor)), 1e-20);
    const pivots = Array.from({ length: rank }, (_, k) => lower[k][k]);
    expect(rank).toBeGreaterThan(5);
    expect(pivots).toEqual([...pivots].sort((a, b) => b - a));
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
