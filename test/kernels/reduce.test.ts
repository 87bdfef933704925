import fc from "fast-check";
import { expect, test } from "vitest";
import { describeEngines } from "../support/engines.js";

const values = (maxLength: number) =>
  fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) }), {
    maxLength,
  });
const add = (terms: readonly number[]) => terms.reduce((a, b) => a + b, 0);

describeEngines("reductions", (engineOf) => {
  const pointer = (x: ArrayLike<number>, shift: number) => {
    const { arena } = engineOf();
    const block = arena.floats(x.length + shift);
    block.array.set(x, shift);
    return block.pointer + 4 * shift;
  };

  test("sums of values, squares, products and squared differences are float64 sums", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(values(70), fc.nat(3), (x, shift) =>
        arena.scope(() => {
          const n = x.length;
          const y = x.map((value, i) => Math.fround(Math.cos(i) * 1e3 - value / 3));
          const [px, py] = [pointer(x, shift), pointer(y, shift)];
          // n terms added in any order differ by at most n eps times the sum of their sizes.
          const check = (got: number, terms: number[]) =>
            expect(Math.abs(got - add(terms))).toBeLessThanOrEqual(n * 2 ** -52 * add(terms.map(Math.abs)));
          check(kernels.sum(px, n), x);
          check(
            kernels.sumSquares(px, n),
            x.map((value) => value * value),
          );
          check(
            kernels.dot(px, py, n),
            x.map((value, i) => value * y[i]),
          );
          check(
            kernels.squaredDistance(px, py, n),
            x.map((value, i) => (value - y[i]) ** 2),
          );
          expect(kernels.maxAbs(px, n)).toBe(Math.max(0, ...x.map(Math.abs)));
          expect(kernels.countNonFinite(px, n)).toBe(0);
        }),
      ),
    );
  });

  test("a million float32 are summed without float32's error", () => {
    const { arena, kernels } = engineOf();
    arena.scope(() => {
      const n = 1_000_003;
      const block = arena.floats(n);
      block.array.fill(0.1);
      const exact = Math.fround(0.1) * n;
      expect(Math.abs(kernels.sum(block.pointer, n) - exact)).toBeLessThan(1e-7);
    });
  });

  test("non-finite numbers are counted wherever they stand, and NaN is the largest", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, -1, 3e38, Number.NaN, Infinity, -Infinity, 1e-45), { maxLength: 40 }),
        (x) =>
          arena.scope(() => {
            const at = pointer(x, 1);
            expect(kernels.countNonFinite(at, x.length)).toBe(x.filter((value) => !Number.isFinite(value)).length);
            expect(kernels.maxAbs(at, x.length)).toBe(Math.fround(Math.max(0, ...x.map(Math.abs))));
          }),
      ),
    );
  });

  test("column sums", () => {
    const { arena, kernels } = engineOf();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), values(60), (columns, x) =>
        arena.scope(() => {
          const rows = Math.floor(x.length / columns);
          const out = arena.allocate(8 * columns + 8);
          arena.float64(out, columns + 1).fill(5);
          kernels.sumColumns(pointer(x, 0), rows, columns, out);
          const expected = Array.from({ length: columns }, (_, j) =>
            add(Array.from({ length: rows }, (_, i) => x[i * columns + j])),
          );
          expect([...arena.float64(out, columns + 1)]).toEqual([...expected, 5]);
        }),
      ),
    );
  });
});
