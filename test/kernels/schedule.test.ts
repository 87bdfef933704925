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
    const prints = [levels(0, 0.1, 20, times), levels(1, 0, 0, times), levels(2, 0, 0, times)].map(({ logSnr }) =>
      digest(logSnr),
    );
    // This test's own result on Node 20.20, x86-64.
    expect(prints).toEqual(["670e3d3f", "e4ac2f58", "a226cc2d"]);
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
