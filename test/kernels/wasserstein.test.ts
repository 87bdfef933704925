import fc from "fast-check";
import { expect, it } from "vitest";
import type { Engine } from "../../src/kernels/index.js";
import { describeEngines } from "../support/engines.js";

function argsort(engine: Engine, values: Float32Array): { sorted: Float32Array; order: Uint32Array } {
  const { arena, kernels } = engine;
  const n = values.length;
  return arena.scope(() => {
    const input = arena.copyIn(values);
    const sorted = arena.floats(n);
    const order = arena.allocate(4 * n);
    kernels.argsort(input.pointer, n, sorted.pointer, order, arena.allocate(16 * n + 24576));
    return { sorted: sorted.array.slice(), order: new Uint32Array(arena.buffer, order, n).slice() };
  });
}

function transport(engine: Engine, a: Float32Array, b: Float32Array) {
  const { arena, kernels } = engine;
  const [left, right] = [argsort(engine, a), argsort(engine, b)];
  return arena.scope(() => {
    const potentialA = arena.allocate(8 * a.length);
    const potentialB = arena.allocate(8 * b.length);
    const [sortedA, sortedB] = [arena.copyIn(left.sorted), arena.copyIn(right.sorted)];
    const [orderA, orderB] = [arena.copyBytes(left.order), arena.copyBytes(right.order)];
    arena.float64(potentialA, a.length).fill(0);
    arena.float64(potentialB, b.length).fill(0);
    const value = kernels.wasserstein1d(
      sortedA.pointer,
      orderA,
      a.length,
      sortedB.pointer,
      orderB,
      b.length,
      potentialA,
      potentialB,
    );
    return {
      value,
      phi: arena.float64(potentialA, a.length).slice(),
      psi: arena.float64(potentialB, b.length).slice(),
    };
  });
}

/** W2^2 by repeating each value so that both samples have n m entries. */
function repeatedW2(a: Float32Array, b: Float32Array): number {
  const [x, y] = [a.slice().sort(), b.slice().sort()];
  let sum = 0;
  for (let k = 0; k < a.length * b.length; k++) {
    sum += (x[Math.floor(k / b.length)] - y[Math.floor(k / a.length)]) ** 2;
  }
  return sum / (a.length * b.length);
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const values = (maxLength: number) =>
  fc.float32Array({ ...{ noNaN: true, min: -100, max: 100 }, minLength: 1, maxLength });

describeEngines("optimal transport on the line", (engineOf) => {
  it("sorts every float32 but NaN, stably, and says where each came from", () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, minLength: 1, maxLength: 200 }), (input) => {
        const { sorted, order } = argsort(engineOf(), input);
        const expected = [...input.keys()].sort(
          (i, j) =>
            input[i] - input[j] ||
            (Object.is(input[i], input[j])
              ? i - j
              : Object.is(input[i], -0)
                ? -1
                : Object.is(input[j], -0)
                  ? 1
                  : i - j),
        );
        expect([...order]).toEqual(expected);
        expect([...sorted]).toEqual(expected.map((i) => input[i]));
      }),
    );
  });

  it("sorts like the platform at ten thousand values", () => {
    const input = Float32Array.from({ length: 10007 }, (_, i) => Math.sin(i * 12.9898) * 10 ** ((i % 13) - 6));
    expect(argsort(engineOf(), input).sorted).toEqual(input.slice().sort());
  });

  it("equals the quantile coupling for any two sizes", () => {
    fc.assert(
      fc.property(values(12), values(12), (a, b) => {
        const expected = repeatedW2(a, b);
        expect(transport(engineOf(), a, b).value).toBeCloseTo(expected, 6);
      }),
    );
  });

  it("gives potentials that are feasible and sum to W2^2: the coupling is optimal", () => {
    fc.assert(
      fc.property(values(12), values(12), (a, b) => {
        const { value, phi, psi } = transport(engineOf(), a, b);
        expect(mean(phi) + mean(psi)).toBeCloseTo(value, 4);
        a.forEach((x, i) => {
          b.forEach((y, j) => {
            expect(phi[i] + psi[j]).toBeLessThanOrEqual((x - y) ** 2 + 1e-7);
          });
        });
      }),
    );
  });

  it("gives potentials that do not prefer a sample: exchanged samples exchange them, up to the one constant that is free", () => {
    fc.assert(
      fc.property(values(12), values(12), (a, b) => {
        const [there, back] = [transport(engineOf(), a, b), transport(engineOf(), b, a)];
        const constant = there.psi[0] - back.phi[0];
        there.phi.forEach((phi, i) => {
          expect(Math.abs(phi + constant - back.psi[i])).toBeLessThanOrEqual(1e-9);
        });
        there.psi.forEach((psi, j) => {
          expect(Math.abs(psi - constant - back.phi[j])).toBeLessThanOrEqual(1e-9);
        });
      }),
    );
  });

  it("knows a translation: n = m, W2 = the shift", () => {
    const a = Float32Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
    expect(
      transport(
        engineOf(),
        a,
        a.map((x) => x + 3),
      ).value,
    ).toBeCloseTo(9, 12);
  });
});
