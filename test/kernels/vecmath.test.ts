import fc from "fast-check";
import { expect, test } from "vitest";
import type { VecmathKernels } from "../../src/kernels/abi/vecmath.js";
import { portableMath } from "../../src/kernels/index.js";
import { digest } from "../support/digest.js";
import { describeEngines } from "../support/engines.js";
import { spacing32, spacing64 } from "../support/ulp.js";

type Vector = "vecExp" | "vecLog" | "vecSin" | "vecCos" | "vecTanh" | "vecErf";

/** Float32 numbers of every size and sign: each 20011th bit pattern, and all numbers of the given intervals. */
function scan(intervals: readonly (readonly [number, number])[]): Float32Array {
  const bits: number[] = [];
  for (let pattern = 0; pattern < 2 ** 32; pattern += 20011) bits.push(pattern);
  for (const [low, high] of intervals) {
    const [a, b] = new Uint32Array(Float32Array.of(low, high).buffer) as unknown as [number, number];
    for (let pattern = Math.min(a, b); pattern <= Math.max(a, b); pattern++) bits.push(pattern);
  }
  return new Float32Array(Uint32Array.from(bits).buffer);
}

describeEngines("vector functions", (engineOf) => {
  const run = (name: Vector, x: Float32Array): Float32Array => {
    const { arena, kernels } = engineOf();
    return arena.scope(() => {
      const block = arena.copyIn(x);
      kernels[name](block.pointer, block.pointer, x.length);
      return block.array.slice();
    });
  };

  // Error bounds: those of assembly/elementary.ts. The intervals hold the largest errors that an exhaustive scan found.
  test.each<[Vector, number, (x: number) => number, [number, number][]]>([
    [
      "vecExp",
      1.02,
      Math.exp,
      [
        [-5.86, -5.85],
        [26.7, 26.71],
      ],
    ],
    [
      "vecLog",
      0.84,
      Math.log,
      [
        [1.413, 1.4139],
        [0.7, 0.701],
      ],
    ],
    [
      "vecSin",
      1.56,
      Math.sin,
      [
        [208.14, 208.15],
        [0.785, 0.786],
      ],
    ],
    [
      "vecCos",
      1.56,
      Math.cos,
      [
        [3.908, 3.909],
        [0.785, 0.786],
      ],
    ],
    ["vecTanh", 2.67, Math.tanh, [[0.0617, 0.0625]]],
    ["vecErf", 1.33, (x) => engineOf().kernels.mathErf(x), [[1.05, 1.06]]],
  ])("%s is within %f ulp, specials exact", (name, bound, exact, intervals) => {
    const x = scan(intervals);
    const got = run(name, x);
    let worst = 0;
    let wrongSpecials = 0;
    for (let i = 0; i < x.length; i++) {
      const expected = exact(x[i]);
      const rounded = Math.fround(expected);
      if (Number.isFinite(rounded) && rounded !== 0) {
        worst = Math.max(worst, Math.abs(got[i] - expected) / spacing32(rounded));
      } else if (!Object.is(rounded, got[i])) wrongSpecials++;
    }
    expect(wrongSpecials).toBe(0);
    expect(worst).toBeLessThanOrEqual(bound);
    expect(worst).toBeGreaterThan(bound / 2);
  });

  test.each<[Vector, [number, number][]]>([
    [
      "vecExp",
      [
        [Infinity, Infinity],
        [-Infinity, 0],
        [NaN, NaN],
        [0, 1],
        [-0, 1],
        [89, Infinity],
        [-104, 0],
      ],
    ],
    [
      "vecLog",
      [
        [Infinity, Infinity],
        [0, -Infinity],
        [-0, -Infinity],
        [-1, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [1, 0],
      ],
    ],
    [
      "vecSin",
      [
        [0, 0],
        [-0, -0],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
        [1e-45, 1e-45],
      ],
    ],
    [
      "vecCos",
      [
        [0, 1],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
      ],
    ],
    [
      "vecTanh",
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
        [1e-45, 1e-45],
      ],
    ],
    [
      "vecErf",
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [NaN, NaN],
      ],
    ],
  ])("%s keeps zeros, infinities, NaN and denormals", (name, cases) => {
    const got = run(
      name,
      Float32Array.from(cases, ([x]) => x),
    );
    expect([...got]).toEqual(cases.map(([, y]) => Math.fround(y)));
  });

  test("exp underflows gradually and log reads denormals", () => {
    const x = Float32Array.from({ length: 160 }, (_, i) => -87 - i / 10);
    const got = run("vecExp", x);
    x.forEach((value, i) => {
      expect(Math.abs(got[i] - Math.exp(value))).toBeLessThanOrEqual(
        Math.max(2 ** -149 / 2, 1.02 * spacing32(Math.fround(Math.exp(value)))),
      );
    });
    const denormals = Float32Array.of(1e-45, 3e-42, 1.1754942e-38);
    run("vecLog", denormals).forEach((y, i) => {
      expect(Math.abs(y - Math.log(denormals[i]))).toBeLessThan(8e-6);
    });
  });

  test("each number depends on its own argument alone, at any length and offset", () => {
    const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * 7) * 3);
    const whole = run("vecErf", x);
    fc.assert(
      fc.property(fc.nat(30), fc.nat(10), (first, n) => {
        const { arena, kernels } = engineOf();
        arena.scope(() => {
          const input = arena.copyIn(x);
          const out = arena.floats(n + 8);
          out.array.fill(7);
          kernels.vecErf(input.pointer + 4 * first, out.pointer + 4, n);
          expect([...out.array]).toEqual([7, ...whole.slice(first, first + n), 7, 7, 7, 7, 7, 7, 7]);
        });
      }),
    );
  });
});

describeEngines("portable mathematics", (engineOf) => {
  // python3 -c "import mpmath as mp; mp.mp.dps = 60; print(float(mp.exp(mp.mpf(-700.25))))" and so on; erfcx is exp(x x) erfc(x).
  const golden: Partial<Record<keyof VecmathKernels, [number, number][]>> = {
    mathExp: [
      [-700.25, 7.678723813110872e-305],
      [-1.5, 0.22313016014842982],
      [1e-9, 1.000000001],
      [0.3, 1.3498588075760032],
      [20.125, 549764190.6604683],
      [709.5, 1.3549863193146328e308],
    ],
    mathLog: [
      [1e-300, -690.7755278982137],
      [0.2, -1.6094379124341003],
      [0.9999, -0.00010000500033334732],
      [1.0001, 9.999500033329732e-5],
      [12345.678, 9.421061321291832],
      [1e300, 690.7755278982137],
    ],
    mathSin: [
      [1e-5, 9.999999999833334e-6],
      [0.7, 0.644217687237691],
      [3.125, 0.016591892229347906],
      [100.5, -0.030959966783271346],
      [1000000.5, 0.141954699000744],
      [1e22, -0.8522008497671888],
    ],
    mathCos: [
      [1e-5, 0.99999999995],
      [0.7, 0.7648421872844885],
      [1.5707, 9.632679474766714e-5],
      [100.5, 0.9995206253283515],
      [1000000.5, 0.9898731552232378],
      [1e22, 0.523214785395139],
    ],
    mathExpm1: [
      [-30.5, -0.9999999999999433],
      [-0.1, -0.09516258196404043],
      [1e-10, 1.00000000005e-10],
      [0.5, 0.6487212707001282],
      [50.25, 6.657293676747253e21],
    ],
    mathLog1p: [
      [-0.999, -6.907755278982136],
      [-1e-10, -1.00000000005e-10],
      [1e-5, 9.999950000333332e-6],
      [0.75, 0.5596157879354227],
      [1e10, 23.025850930040455],
    ],
    mathErf: [
      [-7, -1],
      [-1.25, -0.9229001282564583],
      [0.001, 0.0011283787909692365],
      [0.4, 0.42839235504666845],
      [0.999, 0.8422852702064969],
      [1, 0.8427007929497149],
      [2.5, 0.999593047982555],
      [5.5, 0.9999999999999927],
    ],
    mathErfcx: [
      [0, 1],
      [0.25, 0.7703465477309968],
      [1, 0.427583576155807],
      [3.5, 0.1552936556088943],
      [30, 0.01879588886141675],
      [1e5, 5.6418958351954685e-6],
    ],
  };

  test.each(Object.entries(golden))("%s is within 2 ulp of 60-digit arithmetic", (name, cases) => {
    const f = engineOf().kernels[name as "mathExp"];
    for (const [x, expected] of cases) expect(Math.abs(f(x) - expected)).toBeLessThanOrEqual(2 * spacing64(expected));
  });

  test("mathPow is within 2 ulp of 60-digit arithmetic", () => {
    for (const [base, exponent, expected] of [
      [0.1, 0.3, 0.5011872336272724],
      [2.5, -7.25, 0.001302971562011936],
      [1.0000001, 1e7, 2.7182816941320818],
      [1e-200, 1.5, 1e-300],
      [7, 13, 96889010407],
    ] as const) {
      const got = engineOf().kernels.mathPow(base, exponent);
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(2 * spacing64(expected));
    }
  });

  test("specials are those of Math", () => {
    const math = portableMath(engineOf());
    for (const x of [0, -0, Infinity, -Infinity, Number.NaN, 1, -1, -2, 800, -800]) {
      for (const name of ["exp", "log", "sin", "cos", "expm1", "log1p"] as const) {
        const expected = Math[name](x);
        if (Number.isFinite(expected) && expected !== 0) expect(math[name](x)).toBeCloseTo(expected, 14);
        else expect(math[name](x)).toBe(expected);
      }
    }
    expect([0, -0, Infinity, -Infinity, Number.NaN].map(engineOf().kernels.mathErf)).toEqual([
      0,
      -0,
      1,
      -1,
      Number.NaN,
    ]);
  });

  test("every engine computes the same bits", () => {
    const math = portableMath(engineOf());
    const values = new Float64Array(7000);
    for (let i = 0; i < 1000; i++) {
      const x = (i - 500) / 7;
      values.set(
        [
          math.exp(x),
          math.log(Math.abs(x) + 0.01),
          math.sin(x),
          math.cos(x),
          math.expm1(x),
          math.log1p(Math.abs(x)),
          math.pow(Math.abs(x) + 0.5, x / 9),
        ],
        7 * i,
      );
    }
    // This loop's own result with the simd build on Node 20.20, x86-64.
    expect(digest(values)).toBe("b8071404");
  });
});
