import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, ArgumentTypeError } from "../../src/errors.js";
import { atFloat32, type Engine, nullPointer } from "../../src/kernels/index.js";
import { Purpose, type StreamKey } from "../../src/kernels/purpose.js";
import {
  addNormal,
  drawIndices,
  fillIndices,
  fillNormal,
  fillUniform,
  normals,
  RandomStream,
  requireStreamKey,
  streamLength,
  uniforms,
  words,
} from "../../src/kernels/random.js";
import { digest } from "../support/digest.js";
import { describeEngines, describeVariants, engines, simdEngine } from "../support/engines.js";
import { philoxReference } from "../support/philox.js";
import { createTestingEngine, type TestingEngine } from "../support/test-builds.js";

const key: StreamKey = {
  seed: 0x1fedcba987654,
  purpose: Purpose.probe,
  round: 0xabcdef,
  client: 0xfedcba98,
  step: 0x89abcdef,
};

/** Word `index` of a stream by its documented place: group of 16, word e >> 2 of block e & 3. */
function referenceWord(of: StreamKey, index: number): number {
  const [group, e] = [Math.floor(index / 16), index % 16];
  const counter = [group * 4 + (e & 3), of.step ?? 0, of.client ?? 0, (of.round ?? 0) * 256 + of.purpose];
  return philoxReference(counter, [of.seed % 2 ** 32, Math.floor(of.seed / 2 ** 32)])[e >> 2];
}

function block({ arena, kernels }: TestingEngine, counter: readonly number[], seed: readonly number[]): number[] {
  const [c0, c1, c2, c3, k0, k1] = [...counter, ...seed];
  return arena.scope(() => {
    const out = arena.allocate(16);
    kernels.philoxBlock(out, c0, c1, c2, c3, k0, k1);
    return [...new Uint32Array(arena.buffer, out, 4)];
  });
}

function indices(engine: Engine, count: number, bound: number, of: StreamKey, first = 0): Uint32Array {
  return engine.arena.scope(() => {
    const out = engine.arena.allocate(count * 4);
    fillIndices(engine, out, count, bound, of, first);
    return new Uint32Array(engine.arena.buffer, out, count).slice();
  });
}

/** Mean, variance, and standardized third and fourth moments. */
function moments(values: ArrayLike<number>): { mean: number; variance: number; skewness: number; kurtosis: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = values[i] - mean;
    m2 += x ** 2 / n;
    m3 += x ** 3 / n;
    m4 += x ** 4 / n;
  }
  return { mean, variance: m2, skewness: m3 / m2 ** 1.5, kurtosis: m4 / m2 ** 2 };
}

/** Pearson's statistic of counts against equal expectation, in standard deviations above its mean. */
function excess(counts: ArrayLike<number>, total: number): number {
  const cells = counts.length;
  let chi2 = 0;
  for (let i = 0; i < cells; i++) chi2 += (counts[i] - total / cells) ** 2 / (total / cells);
  return (chi2 - (cells - 1)) / Math.sqrt(2 * (cells - 1));
}

describeVariants("the cipher", createTestingEngine, (testingOf) => {
  // The lines "philox4x32 10" of tests/kat_vectors of Random123 (github.com/DEShawResearch/random123): counter, key, result.
  test.each([
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("Philox4x32-10 gives the published vector of counter %s", (counter, seed, result) => {
    const parse = (text: string) => text.split(" ").map((word) => Number.parseInt(word, 16));
    expect(block(testingOf(), parse(counter), parse(seed))).toEqual(parse(result));
  });
});

describeEngines("random kernels", (engineOf) => {
  test("a word is at its documented place of the stream, at the start, odd offsets and the end", () => {
    for (const first of [0, 5, 4242, 2 ** 32 - 7, streamLength - 40]) {
      const got = words(engineOf(), 40, key, first);
      expect([...got]).toEqual(Array.from(got, (_, i) => referenceWord(key, first + i)));
    }
  });

  test("uniforms are the top 23 bits, centred, in the open unit interval", () => {
    const got = uniforms(engineOf(), 1000, key, 3);
    const bits = words(engineOf(), 1000, key, 3);
    expect([...got]).toEqual(Array.from(bits, (word) => ((word >>> 9) + 0.5) / 2 ** 23));
  });

  test("normals are Box-Muller of their words within 2e-6", () => {
    const got = normals(engineOf(), 32768, key);
    const bits = words(engineOf(), 32768, key);
    let worst = 0;
    for (let i = 0; i < got.length; i++) {
      const pair = i & ~4;
      const radius = Math.sqrt(-2 * Math.log((bits[pair] + 1) / 2 ** 32));
      const angle = (2 * Math.PI * bits[pair + 4]) / 2 ** 32;
      const expected = radius * (i & 4 ? Math.sin(angle) : Math.cos(angle));
      worst = Math.max(worst, Math.abs(got[i] - expected));
    }
    // Values reach 5; float32 spacing there is 4.8e-7, and the angle's float32 remainder adds about as much.
    expect(worst).toBeLessThan(2e-6);
  });

  test("normals have the moments, tails and independence of a standard normal", () => {
    const n = 1 << 20;
    const z = normals(engineOf(), n, { seed: 20, purpose: Purpose.probe });
    const { mean, variance, skewness, kurtosis } = moments(z);
    // Standard errors 1/sqrt(n), sqrt(2/n), sqrt(6/n), sqrt(24/n); 4 of each.
    expect(Math.abs(mean)).toBeLessThan(4 / 1024);
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(skewness)).toBeLessThan(4 * Math.sqrt(6 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
    for (const [threshold, probability] of [
      [1, 0.317310507863],
      [3, 0.002699796063],
      [4, 6.334248e-5],
    ] as const) {
      let beyond = 0;
      for (const value of z) if (Math.abs(value) > threshold) beyond++;
      expect(Math.abs(beyond - n * probability)).toBeLessThan(4 * Math.sqrt(n * probability));
    }
    for (const lag of [1, 4, 8, 16]) {
      let product = 0;
      for (let i = lag; i < n; i++) product += z[i] * z[i - lag];
      expect(Math.abs(product)).toBeLessThan(4 * Math.sqrt(n));
    }
  });

  test("uniforms and indices fill their cells evenly", () => {
    const n = 1 << 18;
    const counts = new Float64Array(1000);
    for (const u of uniforms(engineOf(), n, { seed: 1, purpose: Purpose.probe })) counts[Math.floor(u * 1000)] += 1;
    expect(Math.abs(excess(counts, n))).toBeLessThan(4);
    const hits = new Float64Array(37);
    for (const i of indices(engineOf(), n, 37, { seed: 2, purpose: Purpose.probe })) hits[i] += 1;
    expect(Math.abs(excess(hits, n))).toBeLessThan(4);
  });

  test("indices are the high word of bits times bound", () => {
    for (const bound of [1, 2, 3, 1000, 0x80000000, 0xffffffff]) {
      const expected = Array.from(words(engineOf(), 50, key, 9), (word) =>
        Number((BigInt(word) * BigInt(bound)) >> 32n),
      );
      expect([...indices(engineOf(), 50, bound, key, 9)]).toEqual(expected);
    }
  });

  test("a range cut anywhere gives the same numbers, and nothing outside of it is written", () => {
    const engine = engineOf();
    const whole = {
      uniform: uniforms(engine, 200, key),
      normal: normals(engine, 200, key),
      index: indices(engine, 200, 77, key),
    };
    fc.assert(
      fc.property(fc.nat(150), fc.nat(50), fc.nat(3), (first, count, shift) =>
        engine.arena.scope(() => {
          const base = engine.arena.allocate(4 * (count + 8));
          const out = atFloat32(base, shift);
          for (const [name, fill] of [
            ["uniform", () => fillUniform(engine, out, count, key, first)],
            ["normal", () => fillNormal(engine, out, count, key, first)],
            ["index", () => fillIndices(engine, out, count, 77, key, first)],
          ] as const) {
            const all = new Uint32Array(engine.arena.buffer, base, count + 8).fill(0x7fc00001);
            fill();
            const expected = new Uint32Array(count + 8).fill(0x7fc00001);
            expected.set(new Uint32Array(whole[name].slice(first, first + count).buffer), shift);
            expect(all).toEqual(expected);
          }
        }),
      ),
    );
  });

  test("addNormal adds the stream's normals, scaled, to what is there, and no more", () => {
    const { arena } = engineOf();
    for (const count of [0, 1, 3, 4, 255, 256, 257, 1003]) {
      arena.scope(() => {
        const out = arena.floats(count + 1);
        out.array.forEach((_, i) => {
          out.array[i] = i / 8;
        });
        addNormal(engineOf(), out.pointer, count, 0.3, key);
        const z = normals(engineOf(), count, key);
        expect(out.array[count]).toBe(count / 8);
        for (let i = 0; i < count; i++) {
          const [sum, scale] = [i / 8 + Math.fround(0.3) * z[i], i / 8 + 2];
          // Rounded once or twice, as the build has it.
          expect(Math.abs(out.array[i] - sum)).toBeLessThanOrEqual(scale * 2 ** -23);
        }
      });
    }
  });

  test("drawIndices gives the indices whose words lie below the probability", () => {
    const { arena } = engineOf();
    for (const [count, probability] of [
      [0, 0.5],
      [1, 1],
      [31, 0.5],
      [32, 0],
      [33, 0.9],
      [1000, 1],
      [1000, 256 / 1000],
      [1000, 2 ** -32],
    ]) {
      arena.scope(() => {
        const out = arena.allocate(4 * (count + 1));
        arena.int32(out, count + 1).fill(-1);
        const drawn = drawIndices(engineOf(), out, count, probability, key);
        const expected = [...words(engineOf(), count, key).entries()].filter(
          ([, word]) => word < probability * 2 ** 32,
        );
        expect([...arena.int32(out, drawn)]).toEqual(expected.map(([index]) => index));
        expect(arena.int32(out, count + 1)[count]).toBe(-1);
      });
    }
    expect(() => drawIndices(engineOf(), nullPointer, 1, 1.1, key)).toThrow("probability must lie in [0, 1]");
  });

  test("every part of the key makes another stream", () => {
    const engine = engineOf();
    const variants: StreamKey[] = [
      key,
      { ...key, seed: key.seed + 1 },
      { ...key, seed: key.seed + 2 ** 32 },
      { ...key, purpose: Purpose.mask },
      { ...key, round: 1 },
      { ...key, client: 1 },
      { ...key, step: 1 },
    ];
    expect(new Set(variants.map((variant) => words(engine, 4, variant).join())).size).toBe(variants.length);
  });
});

describeEngines("RandomStream", (engineOf) => {
  const stream = (seed: number) => new RandomStream(engineOf(), { seed, purpose: Purpose.partition });

  test("uniforms combine 26 bits of two words each", () => {
    const drawn = stream(5);
    const bits = words(engineOf(), 600, { seed: 5, purpose: Purpose.partition });
    for (let i = 0; i < 300; i++) {
      const [high, low] = [bits[2 * i] >>> 6, bits[2 * i + 1] >>> 6];
      expect(drawn.uniform()).toBe((high * 2 ** 26 + low + 0.5) / 2 ** 52);
    }
  });

  test("integers are the high word of word times bound", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.nat(1e6), (bound, seed) => {
        const [word] = words(engineOf(), 1, { seed, purpose: Purpose.partition });
        expect(stream(seed).integer(bound)).toBe(Number((BigInt(word) * BigInt(bound)) >> 32n));
      }),
    );
  });

  test("normals have mean 0, variance 1 and normal kurtosis", () => {
    const n = 40000;
    const source = stream(6);
    const { mean, variance, kurtosis } = moments(Float64Array.from({ length: n }, () => source.normal()));
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24 / n));
  });

  test.each([0.05, 0.5, 1, 3.7, 100])(
    "gamma(%f) has mean and variance equal to its shape, and skewness 2 / sqrt(shape)",
    (shape) => {
      const n = 40000;
      const source = stream(7);
      const { mean, variance, skewness } = moments(Float64Array.from({ length: n }, () => source.gamma(shape)));
      // Fourth central moment 3 a^2 + 6 a, so the variance estimate has standard error sqrt((2 a^2 + 6 a) / n).
      expect(Math.abs(mean - shape)).toBeLessThan(4 * Math.sqrt(shape / n));
      expect(Math.abs(variance - shape)).toBeLessThan(4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / n));
      if (shape >= 1) expect(Math.abs(skewness - 2 / Math.sqrt(shape))).toBeLessThan(0.15);
    },
  );

  test.each([0.1, 1, 20])("dirichlet(%f) sums to 1 with the moments of its law", (concentration) => {
    const [n, size] = [8000, 5];
    const source = stream(8);
    const first = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const shares = source.dirichlet(concentration, size);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      first[i] = shares[0];
    }
    const variance = (size - 1) / (size ** 2 * (size * concentration + 1));
    const measured = moments(first);
    expect(Math.abs(measured.mean - 1 / size)).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(Math.abs(measured.variance / variance - 1)).toBeLessThan(4 * Math.sqrt((measured.kurtosis - 1) / n));
  });

  test("dirichlet survives concentrations whose gamma numbers underflow", () => {
    const shares = stream(9).dirichlet(1e-5, 10);
    expect(shares.reduce((a, b) => a + b)).toBe(1);
    expect(Math.max(...shares)).toBeGreaterThan(0.99);
  });

  test("shuffle draws every permutation of 4 equally often", () => {
    const source = stream(10);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24000; i++) {
      const items = Uint8Array.of(0, 1, 2, 3);
      source.shuffle(items);
      counts.set(items.join(""), (counts.get(items.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(excess([...counts.values()], 24000))).toBeLessThan(4);
  });
});

describe("random keys", () => {
  test("normals of the simd build have the same bits in every engine", async () => {
    // The simd build on Node 20.20, x86-64.
    expect(digest(normals(await simdEngine(), 10000, key))).toBe("00f15e3e");
  });

  test("integers, words and RandomStream are the same in both builds", async () => {
    const results = (await engines()).map((engine) => {
      const stream = new RandomStream(engine, key);
      return [
        words(engine, 99, key).join(),
        uniforms(engine, 99, key).join(),
        stream.dirichlet(0.3, 9).join(),
        stream.normal(),
      ];
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });

  test("parts that do not fit are refused by name", async () => {
    const [engine] = await engines();
    if (!engine) throw new Error("no engine");
    for (const [part, value] of [
      ["seed", -1],
      ["seed", 2 ** 53],
      ["seed", Number.NaN],
      ["seed", 0.5],
      ["purpose", 256],
      ["round", 2 ** 24],
      ["client", 2 ** 32],
      ["step", -1],
    ] as const) {
      expect(() => requireStreamKey({ ...key, [part]: value })).toThrow(
        new RegExp(`^key\\.${part} must be an integer`),
      );
    }
    expect(() => new RandomStream(engine, { ...key, seed: "1" as unknown as number })).toThrow(ArgumentTypeError);
    expect(() => uniforms(engine, 2, key, streamLength - 1)).toThrow(ArgumentError);
    expect(() => fillIndices(engine, nullPointer, 1, 0, key)).toThrow(
      "bound must be an integer in [1, 4294967295], got 0",
    );
    expect(() => new RandomStream(engine, key).gamma(0)).toThrow("shape must be finite and > 0, got 0");
  });
});
