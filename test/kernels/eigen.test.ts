import { expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";
import { largest, type Matrix, matrix, minus, multiply, noise, symmetric, transpose } from "../support/matrix.js";

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
