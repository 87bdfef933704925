import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { weightings } from "../../src/diffusion/weightings/index.js";

const levels = fc.record({
  angle: fc.double({ min: 0.01, max: Math.PI / 2 - 0.01, noNaN: true }),
  sigmaData: fc.double({ min: 0.1, max: 10, noNaN: true }),
  x0: fc.double({ min: -5, max: 5, noNaN: true }),
  noise: fc.double({ min: -5, max: 5, noNaN: true }),
});

describe.each(Object.values(parameterizations))("parameterization $name", (parameterization) => {
  it("maps the target output back to the clean point", () => {
    fc.assert(
      fc.property(levels, ({ angle, sigmaData, x0, noise }) => {
        const level = { alpha: Math.cos(angle), sigma: Math.sin(angle) };
        const x = level.alpha * x0 + level.sigma * noise;
        const { cSkip, cOut, targetData, targetNoise } = parameterization.at(level, sigmaData);
        expect(cSkip * x + cOut * (targetData * x0 + targetNoise * noise)).toBeCloseTo(x0, 9);
      }),
    );
  });

  it("scales the input to unit variance for data of variance sigmaData^2 = 1", () => {
    const { cIn } = parameterization.at({ alpha: 0.6, sigma: 0.8 }, 1);
    expect(cIn).toBeCloseTo(1, 12);
  });
});

describe("edm preconditioning", () => {
  it("makes the target of unit variance at every level", () => {
    for (const angle of [0.01, 0.5, 1, 1.5]) {
      for (const sigmaData of [0.2, 1, 3]) {
        const level = { alpha: Math.cos(angle), sigma: Math.sin(angle) };
        const { targetData, targetNoise } = parameterizations.edm.at(level, sigmaData);
        expect((targetData * sigmaData) ** 2 + targetNoise ** 2).toBeCloseTo(1, 12);
      }
    }
  });
});

describe("weightings", () => {
  const level = { alpha: 0.6, sigma: 0.8 };
  const weigh = (name: keyof typeof weightings, parameterization: keyof typeof parameterizations) =>
    weightings[name].weight({
      ...level,
      preconditioning: parameterizations[parameterization].at(level, 0.5),
      sigmaData: 0.5,
      snrWidth: 0.1,
      levels: 20,
    });

  it("simple is the squared error of whatever the network predicts", () => {
    expect(weigh("simple", "x0")).toBeCloseTo(1, 12);
    expect(weigh("simple", "eps")).toBeCloseTo(weigh("snr", "x0"), 12);
    expect(weigh("simple", "edm")).toBeCloseTo(weigh("edm", "x0"), 12);
  });

  it("do not depend on the parameterization, but for simple", () => {
    for (const name of ["snr", "min-snr", "edm"] as const) {
      expect(weigh(name, "eps")).toBe(weigh(name, "v"));
    }
  });

  it.each(Object.values(weightings))(
    "$name is finite and positive at every level, and says where it comes from",
    ({ name, source }) => {
      expect(source).toMatch(/arXiv \d{4}\.\d{5}/);
      for (const parameterization of Object.values(parameterizations)) {
        for (const logSnr of [-12, -3, 0, 3, 12]) {
          const noisy = { alpha: 1 / Math.sqrt(1 + Math.exp(-logSnr)), sigma: 1 / Math.sqrt(1 + Math.exp(logSnr)) };
          const preconditioning = parameterization.at(noisy, 0.5);
          const weight = weightings[name].weight({
            ...noisy,
            preconditioning,
            sigmaData: 0.5,
            snrWidth: 0.1,
            levels: 9,
          });
          expect(weight).toBeGreaterThan(0);
          expect(weight).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }
    },
  );

  it("certificate is N (snr_{k+1} - snr_k) / 2", () => {
    expect(weigh("certificate", "eps")).toBe(0.5 * 20 * 0.1);
  });

  it("min-snr is cut at 5", () => {
    const clean = { alpha: 0.99, sigma: Math.sqrt(1 - 0.99 ** 2) };
    const preconditioning = parameterizations.x0.at(clean, 1);
    expect(weightings["min-snr"].weight({ ...clean, preconditioning, sigmaData: 1, snrWidth: 0.1, levels: 20 })).toBe(
      5,
    );
  });
});
