/** Worker threads cannot load TypeScript, so those of this test run the built package. */

import { createEngine as createBuilt } from "fedscore";
import { type CertificateRequest, certifyInPool } from "fedscore/theory";
import { ComlinkPool } from "fedscore/workers";
import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { certifyInPool as certifyHere } from "../../../src/theory/certificate/certify-in-pool.js";
import { derivedSeed } from "../../../src/theory/certificate/seed.js";
import { gaussianAncestralDiscretization } from "../../../src/theory/gaussian-discretization.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { requireBuild } from "../../support/built.js";
import { describeEnginesThoroughly } from "../../support/engines.js";
import { grid, ou, ringRequest } from "../../support/ring-request.js";

requireBuild();

describe("certificate in a pool", () => {
  it("is the same with one worker, with two and in this thread", async () => {
    const problem = await ringRequest();
    const options = { paths: 20 * 64 };
    const certificates = [];
    for (const workers of [1, 2]) {
      const pool = await ComlinkPool.start(await createBuilt({ variant: "simd" }), { workers });
      try {
        certificates.push(await certifyInPool(pool, problem, options));
      } finally {
        await pool.close();
      }
    }
    const here = await certifyHere(new InThreadPool(await createEngine({ variant: "simd" })), problem, options);
    expect(certificates[0].samples).toBe(1280);
    expect(certificates[1]).toEqual(certificates[0]);
    expect(here).toEqual(certificates[0]);
  });

  it("stops at the requested precision, tells how far it is, and hears an abort", async () => {
    const problem = await ringRequest();
    const pool = new InThreadPool(await createEngine({ variant: "simd" }));
    const seen: number[] = [];
    const options = { paths: 1e6, precision: 0.2 };
    const certificate = await certifyHere(pool, problem, { ...options, onProgress: ({ paths }) => seen.push(paths) });
    const { value, upper, samples } = certificate;
    expect(samples).toBeLessThan(1e6);
    expect(seen.at(-1)).toBe(samples);
    expect(upper).toBeLessThanOrEqual((value ?? 0) * 1.3);
    const aborter = new AbortController();
    const stopped = certifyHere(pool, problem, {
      paths: 1e6,
      signal: aborter.signal,
      onProgress: () => aborter.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  it("refuses a law without an exact denoiser and a sampler without a path KL", async () => {
    const pool = new InThreadPool(await createEngine({ variant: "simd" }));
    const problem = await ringRequest();
    await expect(certifyHere(pool, { ...problem, law: { of: { kind: "moons" } } }, { paths: 64 })).rejects.toThrow(
      /the exact denoiser of moons is not known/,
    );
    const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
    const times = createGrid({ kind: "uniform", steps: 4 }, createSchedule(linear));
    const varying = { ...problem, schedule: linear, grid: times, sampler: "euler-maruyama" } as const;
    await expect(certifyHere(pool, varying, { paths: 64 })).rejects.toThrow(/beta of vp-linear varies/);
    await expect(certifyHere(pool, { ...problem, sampler: "ddim" }, { paths: Number.NaN })).rejects.toThrow(
      /paths must be an integer in .*NaN/,
    );
  });
});

describe("seeds of a certificate", () => {
  it("differ from that of training and from one another", () => {
    for (const seed of [0, 1, 2 ** 50, 2 ** 51 + 7, 2 ** 52, 2 ** 53 - 1]) {
      const seeds = [seed, ...(["certificate", "grid", "bound"] as const).map((use) => derivedSeed(seed, use))];
      expect(new Set(seeds).size).toBe(4);
      for (const each of seeds) expect(Number.isSafeInteger(each) && each >= 0).toBe(true);
    }
  });
});

describeEnginesThoroughly("certificate against closed forms", (engineOf) => {
  const certificateOf = (law: CertificateRequest["law"], paths = 1024) =>
    certifyHere(
      new InThreadPool(engineOf()),
      { schedule: ou, grid, sampler: "ancestral", law, network: undefined, seed: 1 },
      { paths },
    );

  it("of a Gaussian through an affine map, with its exact denoiser: discretization alone, in closed form", async () => {
    const affine = { shift: Float64Array.of(1, -1, 0), scale: 2 };
    const certificate = await certificateOf({ of: { kind: "gaussian", dimension: 3 }, affine });
    const closed = gaussianAncestralDiscretization(createSchedule(ou), grid, [0.25, 0.25, 0.25]);
    expect(certificate.terms.discretization.value).toBeCloseTo(closed, 12);
    expect(certificate.terms.score.value).toBe(0);
    expect(certificate.upper).toBeCloseTo(closed + certificate.terms.initialization.upper, 12);
  });

  it("of one point: nothing but the initialization", async () => {
    const points = Float32Array.of(0.5, -1.5);
    const { terms } = await certificateOf({ of: { kind: "empirical", points, dimension: 2 } });
    expect(terms.discretization.upper).toBeLessThan(1e-9);
    // alpha^2 |x|^2 / 2 + small terms of e^-2T squared.
    expect(terms.initialization.value).toBeCloseTo(0.5 * Math.exp(-8) * 2.5, 6);
  });

  it("of two points: the mmse of a fair sign, 1 - E tanh, at every snr of the grid", async () => {
    const points = Float32Array.of(1, -1);
    const { steps } = await certificateOf({ of: { kind: "empirical", points, dimension: 1 } }, 64 * 256);
    expect(steps?.snr.length).toBeGreaterThan(0);
    steps?.snr.forEach((snr, k) => {
      // mmse = 1 - E tanh(snr + sqrt(snr) Z) (Guo, Shamai, Verdu 2005, eq. 17), by the trapezoidal rule.
      let mean = 0;
      for (let z = -8; z <= 8; z += 0.01) {
        mean += (0.01 * Math.exp(-0.5 * z * z) * Math.tanh(snr + Math.sqrt(snr) * z)) / Math.sqrt(2 * Math.PI);
      }
      // One path's squared error is at most 4 and averages at most 1, so its standard deviation is below 2.
      expect(Math.abs(steps.mmse[k] - (1 - mean))).toBeLessThan((4.5 * 2) / Math.sqrt(64 * 256));
    });
  });
});
