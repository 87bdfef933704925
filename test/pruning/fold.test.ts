import fc from "fast-check";
import { expect, it } from "vitest";
import { createServerOptimizer } from "../../src/federation/server-optimizers/index.js";
import { nullPointer } from "../../src/kernels/index.js";
import { layoutOf } from "../../src/network/spec.js";
import { addBlockSum, addCoverage, averageInPlace } from "../../src/pruning/average.js";
import { expandMask } from "../../src/pruning/expand.js";
import { extract } from "../../src/pruning/extract.js";
import { foldLone, foldUpdate, roundSum } from "../../src/pruning/fold.js";
import type { Mask } from "../../src/pruning/mask.js";
import { describeEngines } from "../support/engines.js";
import { arbitraryMask, arbitraryNetwork, networkOf } from "../support/networks.js";
import { testNumbers } from "../support/numbers.js";

const arbitraryRound = arbitraryNetwork.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    clients: fc.array(fc.record({ mask: arbitraryMask(spec), weight: fc.constantFrom(1, 2.5, 37) }), {
      minLength: 1,
      maxLength: 5,
    }),
    seed: fc.nat(1000),
  }),
);

describeEngines("foldUpdate", (engineOf) => {
  it("adds weight * (local - server) on kept parameters, in float64, for every mask", () => {
    fc.assert(
      fc.property(arbitraryRound, ({ spec, clients, seed }) => {
        const { arena } = engineOf();
        const { size } = layoutOf(spec);
        const server = testNumbers(size, seed);
        const expected = new Float64Array(size);
        const sums = arena.scope(() => {
          const sum = arena.allocate(8 * size);
          arena.float64(sum, size).fill(0);
          const { pointer } = arena.copyIn(server);
          clients.forEach(({ mask, weight }, client) => {
            const trained = testNumbers(size, 7 * client + seed);
            foldUpdate(engineOf(), {
              spec,
              mask,
              local: extract(engineOf(), spec, trained, mask).parameters,
              server: pointer,
              sum,
              weight,
            });
            expandMask(spec, mask).forEach((keep, i) => {
              if (keep) expected[i] = expected[i] + weight * (trained[i] - server[i]);
            });
          });
          return arena.float64(sum, size).slice();
        });
        expect(sums).toEqual(expected);
      }),
    );
  });

  it("takes what local training left on pruned entries of an unstructured mask for nothing", () => {
    const { arena } = engineOf();
    const spec = networkOf();
    const { size } = layoutOf(spec);
    const keep = Uint8Array.from({ length: size }, (_, i) => (i % 3 === 0 ? 1 : 0));
    arena.scope(() => {
      const sum = arena.allocate(8 * size);
      arena.float64(sum, size).fill(0);
      const server = arena.copyIn(new Float32Array(size)).pointer;
      const local = Float32Array.from(keep, (one) => (one ? 2 : Number.NaN));
      foldUpdate(engineOf(), { spec, mask: { kind: "unstructured", keep }, local, server, sum, weight: 3 });
      expect(arena.float64(sum, size)).toEqual(Float64Array.from(keep, (one) => 6 * one));
    });
  });

  it("refuses a wrong length and a weight that is not positive", () => {
    const spec = networkOf();
    const update = { spec, mask: { kind: "full" } as Mask, server: nullPointer, sum: nullPointer, weight: 1 };
    expect(() => foldUpdate(engineOf(), { ...update, local: new Float32Array(2) })).toThrow("local must have");
    for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => foldUpdate(engineOf(), { ...update, local: nullPointer, weight })).toThrow(
        `weight must be positive and finite, got ${weight}`,
      );
    }
  });
});

describeEngines("roundSum", (engineOf) => {
  it("rounds every entry to float32, for odd lengths", () => {
    for (const length of [1, 2, 7, 64, 129]) {
      const { arena } = engineOf();
      const sums = Float64Array.from({ length }, (_, i) => Math.sqrt(i + 1) * (i % 2 ? -1 : 1));
      const rounded = arena.scope(() => roundSum(engineOf(), arena.copyBytes(sums), new Float32Array(length)));
      expect(rounded).toEqual(Float32Array.from(sums));
    }
  });
});

describeEngines("foldLone", (engineOf) => {
  it("has the bits of folding into a sum of zeros and rounding it, for any length", () => {
    const { arena } = engineOf();
    for (const length of [1, 7, 16_384, 16_385, 32_769, 50_000]) {
      const [trained, server] = [testNumbers(length, 1), testNumbers(length, 2)];
      server.set(trained.subarray(0, 1));
      arena.scope(() => {
        const local = arena.copyIn(trained);
        const { pointer } = arena.copyIn(server);
        const target = new Float32Array(length).fill(Number.NaN);
        foldLone(engineOf(), { local, server: pointer, weight: 37 }, target);
        const expected = trained.map((value, i) => 0 + 37 * (value - server[i]));
        expect(target).toEqual(expected);
      });
    }
    const update = { local: arena.scope(() => arena.floats(2)), server: nullPointer };
    expect(() => foldLone(engineOf(), { ...update, weight: 0 }, new Float32Array(2))).toThrow(
      "weight must be positive",
    );
    expect(() => foldLone(engineOf(), { ...update, weight: 1 }, new Float32Array(3))).toThrow("target must have");
  });
});

describeEngines("a round of averaging", (engineOf) => {
  /** Folds clients in blocks, adds the blocks, applies the average: what a coordinator and its workers do. */
  function average(
    server: Float32Array,
    clients: { mask: Mask; weight: number; trained: Float32Array }[],
    block: number,
  ) {
    const spec = networkOf();
    const { arena } = engineOf();
    const total = new Float64Array(server.length);
    const coverage = new Float64Array(server.length);
    for (const { mask, weight } of clients) addCoverage(spec, mask, weight, coverage);
    for (let start = 0; start < clients.length; start += block) {
      arena.scope(() => {
        const sum = arena.allocate(8 * server.length);
        arena.float64(sum, server.length).fill(0);
        const { pointer } = arena.copyIn(server);
        for (const { mask, weight, trained } of clients.slice(start, start + block)) {
          const local = extract(engineOf(), spec, trained, mask).parameters;
          foldUpdate(engineOf(), { spec, mask, local, server: pointer, sum, weight });
        }
        addBlockSum(spec, { kind: "full" }, roundSum(engineOf(), sum, new Float32Array(server.length)), total);
      });
    }
    const averaged = server.slice();
    const fedavg = createServerOptimizer("server", { kind: "fedavg", learningRate: 1 });
    averageInPlace(total, coverage, new Float32Array(total.length));
    fedavg.step({ parameters: averaged, update: total, weights: coverage, state: [] });
    return averaged;
  }

  it("is the plain mean to float32 rounding when all clients are full and equal", () => {
    const { size } = layoutOf(networkOf());
    const server = testNumbers(size, 1);
    const trained = Array.from({ length: 1000 }, (_, client) =>
      testNumbers(size, 100 + client).map((move, i) => 0.01 * move + server[i]),
    );
    const clients = trained.map((local) => ({ mask: { kind: "full" } as Mask, weight: 1, trained: local }));
    const averaged = average(server, clients, 125);
    averaged.forEach((value, i) => {
      const moves = trained.map((local) => local[i] - server[i]);
      const mean = server[i] + moves.reduce((sum, move) => sum + move, 0) / trained.length;
      // One rounding of the result, one of each block sum: at most 2^-24 of |mean| and of mean |move|, and float64 dust.
      const blocks = moves.reduce((sum, move) => sum + Math.abs(move), 0) / trained.length;
      expect(Math.abs(value - mean)).toBeLessThanOrEqual(2 ** -24 * (Math.abs(mean) + blocks) + 1e-13);
    });
  });

  it("divides by the weight of those who kept the parameter, and leaves what nobody kept", () => {
    const { size } = layoutOf(networkOf());
    const server = testNumbers(size, 3);
    server[7] = -0;
    const kept = (indices: number[]): Mask => ({
      kind: "unstructured",
      keep: Uint8Array.from({ length: size }, (_, i) => (indices.includes(i) ? 1 : 0)),
    });
    const clients = [
      { mask: kept([0, 1]), weight: 3, trained: new Float32Array(size).fill(5) },
      { mask: kept([0]), weight: 1, trained: new Float32Array(size).fill(9) },
    ];
    const averaged = average(server, clients, 1);
    expect(averaged[0]).toBeCloseTo((3 * 5 + 9) / 4, 6);
    expect(averaged[1]).toBeCloseTo(5, 6);
    expect(new Uint32Array(averaged.buffer).subarray(2)).toEqual(new Uint32Array(server.buffer).subarray(2));
  });
});
