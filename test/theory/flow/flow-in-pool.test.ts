// @module-tag slow
/** Worker threads cannot load TypeScript, so those of this test run the built package. */

import { createEngine as createBuilt } from "fedscore";
import { type CertificateRequest, certifyInPool } from "fedscore/theory";
import { ComlinkPool } from "fedscore/workers";
import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { initializeParameters } from "../../../src/network/initialize.js";
import { layoutOf } from "../../../src/network/spec.js";
import { certifyInPool as certifyHere } from "../../../src/theory/certificate/certify-in-pool.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { requireBuild } from "../../support/built.js";
import { networkOf } from "../../support/networks.js";

requireBuild();

const linear = { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 1e-3 } as const;
const grid = createGrid({ kind: "uniform-log-snr", steps: 12 }, createSchedule(linear));
const spec = networkOf({ dimension: 2, hidden: [16, 16], noiseFeatures: 8, parameterization: "edm", sigmaData: 1 });
const engine = await createEngine({ variant: "simd" });
const here = new InThreadPool(engine);

function request(): CertificateRequest {
  return {
    schedule: linear,
    grid,
    sampler: "ddim",
    law: { of: { kind: "ring" }, affine: { shift: Float64Array.of(0.1, -0.2), scale: 3 } },
    network: { spec, parameters: initializeParameters(engine, spec, 3) },
    seed: 3,
  };
}

describe("the certificate of a deterministic sampler in a pool", () => {
  it.each(["ddim", "heun"] as const)(
    "of %s is the same with one worker, with two and in this thread",
    async (sampler) => {
      const problem = { ...request(), sampler };
      const certificates = [];
      for (const workers of [1, 2]) {
        const pool = await ComlinkPool.start(await createBuilt({ variant: "simd" }), { workers });
        try {
          certificates.push(await certifyInPool(pool, problem, { paths: 512 }));
        } finally {
          await pool.close();
        }
      }
      expect(certificates[0].theorem).toBe("change-of-variables");
      expect(certificates[0].samples).toBe(512);
      expect(certificates[0].value).toBeGreaterThan(0);
      expect(certificates[1]).toEqual(certificates[0]);
      expect(await certifyHere(here, problem, { paths: 512 })).toEqual(certificates[0]);
    },
  );

  it("stops at the requested precision, tells how far it is, and hears an abort", async () => {
    const seen: number[] = [];
    const onProgress = ({ paths }: { readonly paths: number }) => seen.push(paths);
    const { value, upper, samples } = await certifyHere(here, request(), { paths: 1e5, precision: 0.3, onProgress });
    expect(samples).toBeLessThan(1e5);
    expect(seen.at(-1)).toBe(samples);
    expect(upper).toBeLessThanOrEqual(1.3 * (value ?? 0));
    const aborter = new AbortController();
    const stopped = certifyHere(here, request(), {
      paths: 1e5,
      signal: aborter.signal,
      onProgress: () => aborter.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  it("rests on named assumptions", async () => {
    const { assumptions, caveat } = await certifyHere(here, request(), { paths: 512 });
    const statements = assumptions.map(({ statement }) => statement);
    expect(statements).toContainEqual(expect.stringMatching(/in float64 arithmetic/));
    expect(statements).toContainEqual(expect.stringMatching(/Lipschitz constant of at most M_max = [\d.e+]+/));
    // A network's flow need not be onto.
    expect(assumptions.find(({ statement }) => /is reached by ddim/.test(statement))).toMatchObject({ assumed: true });
    expect(caveat).toMatch(/rows need not show one/);
    const exact = await certifyHere(here, { ...request(), network: undefined }, { paths: 512 });
    const reached = exact.assumptions.find(({ statement }) => /is reached by ddim/.test(statement));
    expect(reached?.assumed).toBeUndefined();
    expect(reached?.evidence).toMatch(/proved for an exact denoiser/);
  });

  it("is refused for laws without a float64 density, and for work of days", async () => {
    const refused = (changed: Partial<CertificateRequest>, paths = 512) =>
      expect(certifyHere(here, { ...request(), network: undefined, ...changed }, { paths })).rejects;
    await refused({ law: { of: { kind: "checkerboard" } } }).toThrow(/density of the law in float64.*checkerboard/);
    const large = networkOf({ ...spec, hidden: [512, 512, 512] });
    const network = { spec: large, parameters: new Float32Array(layoutOf(large).size) };
    await refused({ network }, 1e6).toThrow(
      /ddim cannot be certified in hours: 1001024 rows of 12 steps.*or a smaller network$/,
    );
    const images = networkOf({ ...spec, dimension: 784, hidden: [512, 512] });
    await refused({
      law: { of: { kind: "gaussian", dimension: 784 } },
      network: { spec: images, parameters: new Float32Array(layoutOf(images).size) },
    }).toThrow(/beyond dimension 64 only determinants of ddim with an exact denoiser are estimated.*spectrum/);
  });

  it("has no value where a network folds space", async () => {
    const problem = request();
    const parameters = problem.network?.parameters.map((value) => 6 * value) ?? new Float32Array(0);
    const { value, upper, vacuous } = await certifyHere(
      here,
      { ...problem, network: { spec, parameters } },
      { paths: 512 },
    );
    expect([value, upper]).toEqual([null, null]);
    expect(vacuous).toMatch(/no preimage found for \d+ of \d+ rows/);
  });
});
