import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createLaw, type LawSpec } from "../../../src/targets/law.js";
import { certify } from "../../../src/theory/certificate/certificate.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import type { CertificateRequest } from "../../../src/theory/certificate/unit-task.js";
import type { UnitRequest } from "../../../src/theory/certificate/units.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { describeEnginesThoroughly, simdEngine } from "../../support/engines.js";
import type { CertifiedSampler } from "../../support/exact-path-kl.js";
import { exactly, mixtureOf, zeroNetwork } from "../../support/hostile-laws.js";

const samplers: readonly CertifiedSampler[] = ["ancestral", "exponential-integrator", "euler-maruyama"];
const at = (center: number, dimension = 2): LawSpec => ({
  of: { kind: "product", dimension, means: [center - 1, center + 1], weights: [0.3, 0.7], variances: [0.09, 0.04] },
});

function requestOf(law: LawSpec, sampler: CertifiedSampler, tMin = 0.01): CertificateRequest {
  const schedule = { kind: "ou", tMin, tMax: 14 } as const;
  const grid = createGrid({ kind: "geometric-tail", steps: 20 }, createSchedule(schedule));
  return { schedule, grid, sampler, law, network: undefined, seed: 5 };
}

describeEnginesThoroughly("certificates far from the origin", (engineOf) => {
  it("of a law at 3,000 is that of the law at 0 but for its initialization, where the sampler does not hold the state", async () => {
    const pool = new InThreadPool(engineOf());
    for (const sampler of ["ancestral", "exponential-integrator"] as const) {
      const [near, far] = await Promise.all(
        [0, 3000].map((center) => certifyInPool(pool, requestOf(at(center), sampler), { paths: 512 })),
      );
      for (const name of ["score", "discretization"]) {
        const [here, there] = [near.terms[name].value, far.terms[name].value];
        expect(Math.abs(there - here), `${sampler} ${name}`).toBeLessThanOrEqual(1e-3 * Math.abs(here));
      }
      expect(far.terms.initialization.value).toBeGreaterThan(near.terms.initialization.value);
      const shifted: LawSpec = { ...at(3000), affine: { shift: Float64Array.of(3000, 3000), scale: 1 } };
      const standard = await certifyInPool(pool, requestOf(shifted, sampler), { paths: 512 });
      expect(standard.value).toBeCloseTo(near.value ?? 0, 4);
    }
  });

  it("of a network agree with quadrature where the law lies at 500 of its deviations", async () => {
    const pool = new InThreadPool(engineOf());
    const law = mixtureOf("far", { means: [250, 251], weights: [0.5, 0.5], variances: [0.25, 0.25] });
    for (const sampler of samplers) {
      const request = { ...requestOf(law.law, sampler), network: zeroNetwork };
      const schedule = createSchedule(request.schedule);
      const truth = exactly(engineOf(), law, sampler, { schedule, grid: request.grid }, zeroNetwork);
      const { value, upper } = await certifyInPool(pool, request, { paths: 2048 });
      expect(Math.abs((value ?? 0) / truth - 1)).toBeLessThan(0.01);
      expect(upper).toBeGreaterThanOrEqual(truth * (1 - 1e-4));
    }
  });

  it("is refused by name where float32 does not resolve the noise at delta", async () => {
    const pool = new InThreadPool(engineOf());
    for (const [center, tMin] of [
      [10_000, 1e-10],
      [1000, 1e-14],
      [1, 1e-15],
    ]) {
      for (const sampler of samplers) {
        await expect(certifyInPool(pool, requestOf(at(center), sampler, tMin), { paths: 256 })).rejects.toMatchObject({
          code: "FEDSCORE_UNSUPPORTED",
          message: expect.stringMatching(/product reaches to \|x\| = .*, where float32 rounds by .* sigma = .*/),
        });
      }
    }
  });
});

describe("a certificate", () => {
  const law = createLaw(at(0));
  const schedule = createSchedule({ kind: "ou", tMin: 0.01, tMax: 8 });
  const grid = createGrid({ kind: "geometric-tail", steps: 3 }, schedule);
  const subject = { sampler: "ancestral", schedule, grid, target: law } as const;

  /** Units that all cost the same. */
  const costing = (nats: number) => async (units: UnitRequest) => ({
    total: new Float64Array(units.strata.length).fill(nats),
    score: new Float64Array(units.strata.length).fill(nats),
    discretization: new Float64Array(units.strata.length),
    initialization: new Float64Array(units.strata.length),
    stepScore: new Float64Array(3),
    stepDiscretization: new Float64Array(3),
    mmse: new Float64Array(3),
    reach: 1,
  });

  it("with a negative end is an internal error and never a result", async () => {
    await expect(certify(subject, costing(-1), { paths: 256 })).rejects.toMatchObject({
      code: "FEDSCORE_BOUND_VIOLATED",
    });
    expect((await certify(subject, costing(1), { paths: 256 })).upper).toBeGreaterThanOrEqual(1);
  });

  it("gives each look at the precision its own share of the error probability", async () => {
    let noise = 1;
    const noisy = async (units: UnitRequest) => {
      const costs = await costing(1)(units);
      for (let unit = 0; unit < units.strata.length; unit++) {
        noise = (noise * 48271) % 2147483647;
        costs.total[unit] += noise / 2147483647;
      }
      return costs;
    };
    const splitOf = async (precision?: number) => {
      const options = { paths: 40_000, ...(precision !== undefined && { precision }) };
      return (await certify(subject, noisy, options)).assumptions.at(-1)?.evidence;
    };
    expect(await splitOf()).toMatch(/one look at the end/);
    expect(await splitOf(0.5)).toMatch(/the last had 0.5;/);
    expect(await splitOf(0.03)).toMatch(/the last had 0.(167|0833|05);/);
    expect(await splitOf(1e-6)).toMatch(/the last had 0.0333;/);
  });

  it("refuses grids and options that cannot be meant", async () => {
    const times = Float64Array.from(grid.times).reverse();
    for (const wrong of [times, new Float64Array(0), Float64Array.of(1), Float64Array.of(Number.NaN, 1)]) {
      const request = certify({ ...subject, grid: { name: "wrong", times: wrong } }, costing(1), { paths: 64 });
      await expect(request).rejects.toThrow(/^grid/);
    }
    for (const precision of [Number.NaN, -1, 0]) {
      await expect(certify(subject, costing(1), { paths: 64, precision })).rejects.toThrow(/precision must be > 0/);
    }
    for (const paths of [0, 1.5, Number.NaN]) {
      await expect(certify(subject, costing(1), { paths })).rejects.toThrow(/paths must be an integer/);
    }
    for (const confidence of [0.5, 1, Number.NaN]) {
      await expect(certify(subject, costing(1), { paths: 64, confidence })).rejects.toThrow(/confidence must lie/);
    }
  });

  it("samples the initialization where its bound is loose, and then agrees with the closed form of a Gaussian", async () => {
    const engine = await simdEngine();
    const request: CertificateRequest = {
      ...requestOf({ of: { kind: "gaussian", dimension: 3, standardDeviation: 1.3 } }, "ancestral"),
      grid: createGrid(
        { kind: "uniform", steps: 10, start: 0.5 },
        createSchedule({ kind: "ou", tMin: 0.01, tMax: 14 }),
      ),
    };
    const { terms, value } = await certifyInPool(new InThreadPool(engine), request, { paths: 8192 });
    const variance = Math.exp(-1) * 1.69 + 1 - Math.exp(-1);
    const kl = (3 / 2) * (variance - 1 - Math.log(variance));
    expect(Math.abs(terms.initialization.value - kl)).toBeLessThan(0.02);
    expect(terms.initialization.upper).toBeGreaterThan(kl);
    expect(value).toBeCloseTo(terms.initialization.value + terms.score.value + terms.discretization.value, 9);
  });

  it("needs to know the initialization", async () => {
    const { secondMoment: _, marginalLogDensity: __, ...unknown } = law;
    await expect(certify({ ...subject, target: unknown }, costing(1), { paths: 64 })).rejects.toThrow(
      /KL\(q_T \|\| N\(0, I\)\) of product is not known/,
    );
  });
});
