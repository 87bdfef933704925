import fc from "fast-check";
import { expect, it } from "vitest";
import { describeEngines } from "../support/engines.js";

const header = 8;

describeEngines("denoising score matching kernels", (engineOf) => {
  it("corrupt a batch as written in their definition, for any sizes", () => {
    const sizes = fc.record({
      dimension: fc.integer({ min: 1, max: 19 }),
      features: fc.integer({ min: 0, max: 9 }),
      batch: fc.integer({ min: 1, max: 7 }),
      salt: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(sizes, ({ dimension, features, batch, salt }) => {
        const { arena, kernels } = engineOf();
        const number = (i: number) => Math.fround(Math.sin(i * 12.9898 + salt));
        const points = Float32Array.from({ length: 11 * dimension }, (_, i) => number(i));
        const levels = Float32Array.from({ length: 5 * (header + features) }, (_, i) => number(i + 1000));
        const noise = Float32Array.from({ length: batch * dimension }, (_, i) => number(i + 2000));
        const rowIndex = Uint32Array.from({ length: batch }, (_, i) => (3 * i + salt) % 11);
        const levelIndex = Uint32Array.from({ length: batch }, (_, i) => (i * 2 + salt) % 5);
        arena.scope(() => {
          const input = arena.floats(batch * (dimension + features));
          const target = arena.floats(batch * dimension);
          const weight = arena.floats(batch);
          const [p, ri, l, li, z] = [points, rowIndex, levels, levelIndex, noise].map((array) =>
            arena.copyBytes(array),
          );
          kernels.dsmBatch(p, ri, dimension, l, li, features, z, batch, input.pointer, target.pointer, weight.pointer);
          for (let b = 0; b < batch; b++) {
            const level = levels.subarray((levelIndex[b] as number) * (header + features));
            const [alpha, sigma, cIn, , , targetData, targetNoise, w] = level as unknown as number[];
            expect(weight.array[b]).toBe(w);
            for (let j = 0; j < dimension; j++) {
              const x0 = points[(rowIndex[b] as number) * dimension + j] as number;
              const z = noise[b * dimension + j] as number;
              expect(input.array[b * (dimension + features) + j]).toBeCloseTo(cIn * (alpha * x0 + sigma * z), 5);
              expect(target.array[b * dimension + j]).toBeCloseTo(targetData * x0 + targetNoise * z, 5);
            }
            for (let f = 0; f < features; f++) {
              expect(input.array[b * (dimension + features) + dimension + f]).toBe(level[header + f]);
            }
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it("give the loss and, by finite differences, its gradient", () => {
    const { arena, kernels } = engineOf();
    const [batch, dimension] = [3, 5];
    const output = Float32Array.from({ length: batch * dimension }, (_, i) => Math.cos(i));
    const target = Float32Array.from({ length: batch * dimension }, (_, i) => Math.sin(3 * i));
    const weight = Float32Array.of(0.5, 2, 0.25);
    arena.scope(() => {
      const out = arena.copyIn(output);
      const want = arena.copyIn(target);
      const w = arena.copyIn(weight);
      const gradient = arena.floats(batch * dimension);
      const loss = () => kernels.dsmLoss(out.pointer, want.pointer, w.pointer, batch, dimension, gradient.pointer);
      const rows = [0, 1, 2].map((b) =>
        output
          .subarray(b * dimension, (b + 1) * dimension)
          .reduce((sum, o, j) => sum + (o - (target[b * dimension + j] as number)) ** 2, 0),
      );
      expect(loss()).toBeCloseTo(rows.reduce((sum, row, b) => sum + row * (weight[b] as number), 0) / batch, 6);
      const analytic = gradient.array.slice();
      for (let i = 0; i < output.length; i++) {
        const h = 2 ** -6;
        out.array[i] = (output[i] as number) + h;
        const up = loss();
        out.array[i] = (output[i] as number) - h;
        const down = loss();
        out.array[i] = output[i] as number;
        expect(analytic[i]).toBeCloseTo((up - down) / (2 * h), 5);
      }
    });
  });

  it("combine linearly, into a third vector or in place", () => {
    const { arena, kernels } = engineOf();
    for (const count of [0, 1, 4, 7, 10]) {
      arena.scope(() => {
        const [x, y] = [1, 2].map((salt) => Float32Array.from({ length: count }, (_, i) => (i * salt + salt) / 4 - 1));
        const [px, py] = [arena.copyIn(x), arena.copyIn(y)];
        const out = arena.floats(count + 1);
        out.array.fill(99);
        kernels.linearCombination(px.pointer, 2, py.pointer, -0.5, count, out.pointer);
        expect([...out.array]).toEqual([...x.map((value, i) => 2 * value - 0.5 * y[i]), 99]);
        expect([px.array, py.array]).toEqual([x, y]);
        kernels.linearCombination(px.pointer, 3, px.pointer, -0.5, count, px.pointer);
        expect(px.array).toEqual(x.map((value) => 2.5 * value));
        kernels.linearCombination(px.pointer, 1, py.pointer, 4, count, py.pointer);
        expect(py.array).toEqual(y.map((value, i) => 2.5 * x[i] + 4 * value));
      });
    }
  });
});
