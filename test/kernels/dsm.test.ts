import fc from "fast-check";
import { expect, it } from "vitest";
import { nullPointer } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";

const header = 8;

describeEngines("denoising score matching kernels", (engineOf) => {
  it("corrupt a batch as written in their definition, for any sizes", () => {
    const sizes = fc.record({
      dimension: fc.integer({ min: 1, max: 19 }),
      features: fc.integer({ min: 0, max: 9 }),
      batch: fc.integer({ min: 1, max: 7 }),
      salt: fc.integer({ min: 0, max: 1000 }),
      // Columns of a row of points beside the point, and of conditions beside the features; undefined: features are part of the input.
      beside: fc.integer({ min: 0, max: 2 }),
      apart: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(sizes, ({ dimension, features, batch, salt, beside, apart }) => {
        const { arena, kernels } = engineOf();
        const number = (i: number) => Math.fround(Math.sin(i * 12.9898 + salt));
        const stride = dimension + beside;
        const points = Float32Array.from({ length: 11 * stride }, (_, i) => number(i));
        const levels = Float32Array.from({ length: 5 * (header + features) }, (_, i) => number(i + 1000));
        const noise = Float32Array.from({ length: batch * dimension }, (_, i) => number(i + 2000));
        const rowIndex = Uint32Array.from({ length: batch }, (_, i) => (3 * i + salt) % 11);
        const levelIndex = Uint32Array.from({ length: batch }, (_, i) => (i * 2 + salt) % 5);
        arena.scope(() => {
          const inputWidth = apart === undefined ? dimension + features : dimension;
          const input = arena.floats(batch * inputWidth);
          const conditionWidth = features + (apart ?? 0);
          const conditions = arena.floats(batch * conditionWidth);
          const featureAt = (b: number, f: number) =>
            apart === undefined
              ? input.array[b * inputWidth + dimension + f]
              : conditions.array[b * conditionWidth + f];
          const target = arena.floats(batch * dimension);
          const weight = arena.floats(batch);
          const [p, ri, l, li, z] = [points, rowIndex, levels, levelIndex, noise].map((array) =>
            arena.copyBytes(array),
          );
          const conditionsAt = apart === undefined ? nullPointer : conditions.pointer;
          kernels.dsmBatch(
            p,
            stride,
            ri,
            dimension,
            l,
            li,
            features,
            z,
            batch,
            input.pointer,
            conditionsAt,
            conditionWidth,
            target.pointer,
            weight.pointer,
          );
          for (let b = 0; b < batch; b++) {
            const level = levels.subarray((levelIndex[b] as number) * (header + features));
            const [alpha, sigma, cIn, , , targetData, targetNoise, w] = level as unknown as number[];
            expect(weight.array[b]).toBe(w);
            for (let j = 0; j < dimension; j++) {
              const x0 = points[(rowIndex[b] as number) * stride + j] as number;
              const z = noise[b * dimension + j] as number;
              expect(input.array[b * inputWidth + j]).toBeCloseTo(cIn * (alpha * x0 + sigma * z), 5);
              expect(target.array[b * dimension + j]).toBeCloseTo(targetData * x0 + targetNoise * z, 5);
            }
            for (let f = 0; f < features; f++) {
              expect(featureAt(b, f)).toBe(level[header + f]);
            }
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it("mark the class of each sample, or none where it is dropped or no class", () => {
    const { arena, kernels } = engineOf();
    const [dimension, classes, features] = [2, 3, 2];
    const labels = [0, 1, 2, 3, -1, 1];
    const points = Float32Array.from(labels.flatMap((label) => [9, 9, label]));
    const dropped = Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.05);
    const width = features + classes + 1;
    arena.scope(() => {
      const [p, u] = [points, dropped].map((values) => arena.copyIn(values).pointer);
      const rows = arena.copyBytes(Uint32Array.of(5, 4, 3, 2, 1, 0).reverse());
      const conditions = arena.floats(labels.length * width);
      conditions.array.fill(7);
      kernels.classConditions(p, dimension + 1, dimension, rows, u, 0.1, classes, 6, conditions.pointer, width);
      const marks = [0, 1, 2, 3, 3, 3];
      expect(Array.from(conditions.array)).toEqual(
        marks.flatMap((mark) => [7, 7, ...[0, 1, 2, 3].map((column) => (column === mark ? 1 : 0))]),
      );
    });
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
