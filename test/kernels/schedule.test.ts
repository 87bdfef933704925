import { expect, test } from "vitest";
import { digest } from "../support/digest.js";
import { describeEngines } from "../support/engines.js";

describeEngines("noise levels", (engineOf) => {
  const levels = (code: number, p0: number, p1: number, times: readonly number[]) => {
    const { arena, kernels } = engineOf();
    return arena.scope(() => {
      const n = times.length;
      const at = arena.copyBytes(Float64Array.from(times));
      const logSnr = arena.allocate(8 * n);
      const alpha = arena.floats(n);
      const sigma = arena.floats(n);
      kernels.noiseLevels(code, p0, p1, at, n, logSnr, alpha.pointer, sigma.pointer);
      return { logSnr: arena.float64(logSnr, n).slice(), alpha: alpha.array.slice(), sigma: sigma.array.slice() };
    });
  };

  // [t, log snr, alpha, sigma] by python3 and mpmath with mp.dps = 60, t read as a float64:
  // B = b0*t + (b1-b0)*t*t/2; [-mp.log(mp.expm1(B)), mp.exp(-B/2), mp.sqrt(-mp.expm1(-B))], b0 = mp.mpf(0.1), b1 = 20;
  // [2*mp.log(mp.cos(mp.pi*t/2)/mp.sin(mp.pi*t/2)), mp.cos(mp.pi*t/2), mp.sin(mp.pi*t/2)]; B = 2*t.
  // The others, with n = mp.sqrt(a*a + s*s): [2*mp.log(a/s), a/n, s/n] of alpha a and sigma s:
  // sub-vp mp.exp(-B/2), -mp.expm1(-B); ve 1, mp.mpf(0.01)*(50/mp.mpf(0.01))**t; edm 1, t; linear-interpolation 1-t, t;
  // sigmoid, S = lambda x: 1/(1+mp.exp(-x)): sqrt((S(p1)-S(p0+t*(p1-p0)))/(S(p1)-S(p0))), sqrt((S(p0+t*(p1-p0))-S(p0))/(S(p1)-S(p0)));
  // vp-cosine-shifted mp.exp(p0/2)*mp.cos(mp.pi*t/2), mp.sin(mp.pi*t/2).
  const golden: [string, number, number, number, number[][]][] = [
    [
      "vp-linear",
      0,
      0.1,
      20,
      [
        [3e-11, 26.53240882427394, 0.9999999999985, 1.7320508101526641e-6],
        [1e-5, 13.81451555215112, 0.9999994995026252, 0.0010004971259352383],
        [0.001, 9.115429865459795, 0.9999450265110976, 0.010485416335094897],
        [0.1, 2.156581185884866, 0.946721798820598, 0.3220525355247045],
        [0.26, -0.010915850082250642, 0.7051744922902085, 0.7090338041470566],
        [0.5, -2.4551354688215747, 0.28118288079675235, 0.9596542020680362],
        [1, -10.049956813318408, 0.006571586494929615, 0.9999784068923386],
      ],
    ],
    [
      "vp-cosine",
      1,
      0,
      0,
      [
        [1e-5, 22.122685519197052, 0.9999999998766299, 1.5707963267303003e-5],
        [0.001, 12.91234350245035, 0.9999987662997035, 0.001570795680830879],
        [0.3, 1.3485509552536332, 0.8910065241883679, 0.45399049973954675],
        [0.75, -1.762747174039086, 0.3826834323650898, 0.9238795325112867],
        [0.999, -12.912343502450348, 0.0015707956808308802, 0.9999987662997035],
        [0.9999999, -31.333025892390424, 1.5707963259680924e-7, 0.9999999999999877],
      ],
    ],
    [
      "ou",
      2,
      0,
      0,
      [
        [1e-12, 26.937873935367602, 0.999999999999, 1.414213562372388e-6],
        [1e-6, 13.122362377404162, 0.9999990000005, 0.0014142128552666084],
        [0.01, 3.9020063388170345, 0.9900498337491681, 0.14071718691490637],
        [0.3, 0.1958703683463196, 0.7408182206817179, 0.6717055634025771],
        [1, -1.854586542131141, 0.36787944117144233, 0.9298734950321937],
        [4, -7.999664481091923, 0.01831563888873418, 0.9998322546167919],
        [400, -800, 0, 1],
      ],
    ],
    [
      "sub-vp",
      3,
      0.1,
      20,
      [
        [3e-11, 53.06481764855088, 1.0, 3.000000008955e-12],
        [1e-5, 27.629032105297238, 0.999999999999499, 1.0009949999995404e-6],
        [0.001, 18.23096968091959, 0.9999999939554988, 0.00010994999939078984],
        [0.26, 0.6767882998354988, 0.8142613233247389, 0.5804984903834334],
        [0.5, -2.372770937643149, 0.2920149895750603, 0.9564137419879941],
        [1.0, -10.049913626636817, 0.006571728392840024, 0.9999784059598141],
      ],
    ],
    [
      "ve",
      4,
      0.01,
      50,
      [
        [1e-5, 9.210170028112355, 0.9999499952330465, 0.010000351665330087],
        [0.001, 9.19330598559335, 0.9999491448646864, 0.010085022775493608],
        [0.26, 4.781399912439739, 0.9958340512872987, 0.09118411208497723],
        [0.45, 1.5448664997015689, 0.9078386738858534, 0.41931961818781527],
        [0.9, -6.120607372573045, 0.04682204959785208, 0.9989032464015002],
        [1.0, -7.824046010856292, 0.01999600119960014, 0.999800059980007],
      ],
    ],
    [
      "edm",
      5,
      0,
      0,
      [
        [1e-12, 55.262042231857095, 1.0, 1e-12],
        [0.002, 12.429216196844383, 0.999998000006, 0.001999996000012],
        [0.3, 2.4079456086518722, 0.9578262852211514, 0.2873478855663454],
        [1.25, -0.44628710262841953, 0.6246950475544243, 0.7808688094430303],
        [7.5, -4.029806041084529, 0.13216372009101796, 0.9912279006826347],
        [80.0, -8.764053269347762, 0.012499023551926019, 0.9999218841540815],
      ],
    ],
    [
      "sigmoid",
      6,
      -3,
      3,
      [
        [1e-12, 28.83677981732852, 0.9999999999998502, 5.472336877489189e-7],
        [0.001, 8.110497525985814, 0.9998498491274832, 0.017328566003832688],
        [0.3, 1.36557242089409, 0.8925602890629893, 0.4509280767348523],
        [0.45, 0.33198982023849444, 0.763048787329799, 0.6463408916001858],
        [0.9, -3.1913435568355863, 0.1987279112917363, 0.9800547011639829],
        [0.999, -8.110497525985814, 0.017328566003832698, 0.9998498491274832],
      ],
    ],
    [
      "sigmoid",
      6,
      0,
      30,
      [
        [1e-12, 24.922970914811152, 0.9999999999925, 3.872983346207779e-6],
        [0.001, 4.184667578160983, 0.992472228779605, 0.1224698946731138],
        [0.3, -8.3067294027787, 0.01570952423803335, 0.9998765978100571],
        [0.45, -12.806851516736158, 0.001655872648051094, 0.9999986290419469],
        [0.9, -26.35792200038097, 1.889948457946666e-6, 0.9999999999982141],
        [0.999, -32.79837321704128, 7.549596630665134e-8, 0.9999999999999971],
      ],
    ],
    [
      "vp-cosine-shifted",
      7,
      -1.5,
      0,
      [
        [1e-5, 20.622685519197052, 0.9999999994470937, 3.325375848354805e-5],
        [0.001, 11.41234350245035, 0.9999944709744889, 0.0033253601988316043],
        [0.3, -0.15144904474636672, 0.6798602379693044, 0.7333417053654598],
        [0.75, -3.262747174039086, 0.19201960156303968, 0.9813910905523707],
        [0.999, -14.412343502450348, 0.00074199205195786, 0.9999997247238596],
        [0.9999999, -32.833025892390424, 7.419916455558061e-8, 0.9999999999999972],
      ],
    ],
    [
      "linear-interpolation",
      8,
      0,
      0,
      [
        [1e-12, 55.2620422318551, 1.0, 1.000000000001e-12],
        [0.001, 13.813509557297108, 0.9999994989988745, 0.001001000499498373],
        [0.3, 1.6945957207744073, 0.9191450300180579, 0.39391929857916763],
        [0.45, 0.4013413909243022, 0.773957299203321, 0.6332377902572627],
        [0.9, -4.394449154672439, 0.11043152607484652, 0.9938837346736189],
        [0.999, -13.813509557297106, 0.0010010004994983738, 0.9999994989988745],
      ],
    ],
  ];

  test.each(golden)(
    "%s: 60-digit values to 4 units of float64, alpha and sigma rounded once",
    (_, code, p0, p1, rows) => {
      const got = levels(
        code,
        p0,
        p1,
        rows.map(([t]) => t),
      );
      rows.forEach(([, logSnr, alpha, sigma], i) => {
        const expected = logSnr;
        expect(Math.abs(got.logSnr[i] - expected)).toBeLessThanOrEqual(2 ** -50 * Math.max(1, Math.abs(expected)));
        expect(got.alpha[i]).toBe(Math.fround(alpha));
        expect(got.sigma[i]).toBe(Math.fround(sigma));
      });
    },
  );

  test.each(golden)(
    "%s: log snr falls, alpha^2 + sigma^2 = 1 and log snr = log alpha^2 / sigma^2",
    (_, code, p0, p1) => {
      const times = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
      const { logSnr, alpha, sigma } = levels(code, p0, p1, times);
      for (let i = 0; i < times.length; i++) {
        const [a, s, l] = [alpha[i], sigma[i], logSnr[i]];
        if (i > 0) expect(l).toBeLessThan(logSnr[i - 1]);
        expect(Math.abs(a * a + s * s - 1)).toBeLessThan(2e-7);
        expect(Math.abs(l - 2 * Math.log(a / s))).toBeLessThan(3e-7);
      }
    },
  );

  test("every engine computes the same bits", () => {
    const times = Array.from({ length: 1000 }, (_, i) => (i + 0.5) / 1000);
    const prints = golden.map(([, code, p0, p1]) => digest(levels(code, p0, p1, times).logSnr));
    // This test's own result on Node 20.20, x86-64.
    expect(prints).toEqual([
      "670e3d3f",
      "e4ac2f58",
      "a226cc2d",
      "c112ff78",
      "54dc6acb",
      "5c4594f4",
      "3e6fe526",
      "fdc6ad28",
      "1c37a091",
      "2031348f",
    ]);
  });
});

describeEngines("noise features", (engineOf) => {
  const features = (logSnr: readonly number[], count: number, stride = count) => {
    const { arena, kernels } = engineOf();
    return arena.scope(() => {
      const out = arena.floats(stride * logSnr.length);
      out.array.fill(9);
      kernels.noiseFeatures(arena.copyBytes(Float64Array.from(logSnr)), logSnr.length, count, out.pointer, stride);
      return out.array.slice();
    });
  };

  test.each([
    [2, 2],
    [8, 11],
    [32, 32],
  ])("%i features are sines and cosines of geometric frequencies, rows %i apart", (count, stride) => {
    const logSnr = [-12, -3.3, 0, 0.01, 7];
    const half = count / 2;
    const got = features(logSnr, count, stride);
    logSnr.forEach((l, i) => {
      const row = got.slice(i * stride, (i + 1) * stride);
      const angles = Array.from({ length: half }, (_, j) => (0.5 * 16 ** (half > 1 ? j / (half - 1) : 0) * l) / 4);
      const expected = [...angles.map(Math.sin), ...angles.map(Math.cos)];
      expected.forEach((value, j) => {
        expect(Math.abs(row[j] - value)).toBeLessThan(6.1e-8);
      });
      expect([...row.slice(count)]).toEqual(new Array(stride - count).fill(9));
    });
  });

  test("are told apart over the whole range and change little between neighbours of a thousand levels", () => {
    const logSnr = Array.from({ length: 1000 }, (_, i) => -12 + (24 * i) / 999);
    const rows = features(logSnr, 32);
    let change = 0;
    for (let i = 1; i < 1000; i++) {
      expect(rows[32 * i]).toBeGreaterThan(rows[32 * (i - 1)]);
      for (let j = 0; j < 32; j++) {
        change = Math.max(change, Math.abs(rows[32 * i + j] - rows[32 * (i - 1) + j]));
      }
    }
    expect(change).toBeLessThan(0.05);
  });
});
