import { expect, test } from "vitest";
import type { MathKernels } from "../../src/kernels/generated/kernels.js";
import { portableMath } from "../../src/kernels/index.js";
import { digest } from "../support/digest.js";
import { describeEngines } from "../support/engines.js";
import { spacing64 } from "../support/ulp.js";

describeEngines("portable mathematics", (engineOf) => {
  // python3 -c "import mpmath as mp; mp.mp.dps = 60; print(float(mp.exp(mp.mpf(-700.25))))" and so on; erfcx is exp(x x) erfc(x).
  const golden: Partial<Record<keyof MathKernels, [number, number][]>> = {
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
