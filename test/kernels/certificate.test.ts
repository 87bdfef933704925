import fc from "fast-check";
import { expect, it } from "vitest";
import { describeEngines } from "../support/engines.js";
import { testNumbers } from "../support/numbers.js";

describeEngines("squared norms of combinations", (engineOf) => {
  it("are |a x + b y + c u + e v|^2 of each row, for every width and set of coefficients", () => {
    const coefficient = fc.integer({ min: -8, max: 8 }).map((value) => value / 4);
    const shape = fc.record({ rows: fc.integer({ min: 0, max: 5 }), width: fc.integer({ min: 1, max: 13 }) });
    const factors = fc.tuple(coefficient, coefficient, coefficient, coefficient);
    fc.assert(
      fc.property(shape, factors, ({ rows, width }, [a, b, c, e]) => {
        const { arena, kernels } = engineOf();
        const [x, y, u, v] = [1, 2, 3, 4].map((salt) => testNumbers(rows * width, salt));
        arena.scope(() => {
          const [px, py, pu, pv] = [x, y, u, v].map((values) => arena.copyIn(values).pointer);
          const out = arena.allocate(8 * rows + 8);
          arena.float64(out, rows + 1).fill(-1);
          kernels.combinationSquaredNorms(px, a, py, b, pu, c, pv, e, rows, width, out);
          const found = arena.float64(out, rows + 1);
          for (let row = 0; row < rows; row++) {
            let expected = 0;
            for (let at = row * width; at < (row + 1) * width; at++) {
              expected += (a * x[at] + b * y[at] + c * u[at] + e * v[at]) ** 2;
            }
            // Float32 entries of sums of four products: relative 2^-22 of their size, squared and added in float64.
            const size = width * 16 * (a * a + b * b + c * c + e * e) * 4;
            expect(Math.abs(found[row] - expected)).toBeLessThanOrEqual(2 ** -20 * size);
          }
          expect(found[rows]).toBe(-1);
        });
      }),
      { numRuns: 200 },
    );
  });
});
