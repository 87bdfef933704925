import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createTarget } from "../../../src/targets/index.js";
import { certifyInPool } from "../../../src/theory/certificate/certify-in-pool.js";
import { certifyTarget } from "../../../src/theory/certificate/certify-target.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { describeEngines } from "../../support/engines.js";

const ring = { kind: "ring", modes: 4, radius: 1, standardDeviation: 0.2 } as const;
const vp = { kind: "vp-cosine", tMin: 0.02, tMax: 0.98 } as const;
const schedule = createSchedule(vp);
const grid = createGrid({ kind: "uniform-log-snr", steps: 6 }, schedule);
const common = { grid, sampler: "ancestral", seed: 3 } as const;

describeEngines("the certificate of a target of one's own", (engineOf) => {
  it("is, to the bit, that of the same law as plain data", async () => {
    const engine = engineOf();
    const options = { paths: 256 };
    const request = { ...common, schedule: vp, law: { of: ring }, network: undefined };
    const inPool = await certifyInPool(new InThreadPool(engine), request, options);
    const own = await certifyTarget(engine, { ...common, schedule, target: createTarget(ring) }, options);
    expect(own).toEqual(inPool);
  });

  it("is larger for a denoiser that errs", async () => {
    const engine = engineOf();
    const target = createTarget(ring);
    const wrong = createTarget({ ...ring, radius: 1.2 }).denoiser;
    const exact = await certifyTarget(engine, { ...common, schedule, target }, { paths: 256 });
    const erring = await certifyTarget(engine, { ...common, schedule, target, denoiser: wrong }, { paths: 256 });
    expect(erring.terms.score.value).toBeGreaterThan(0.05);
    expect(exact.terms.score.value).toBe(0);
    expect(erring.terms.discretization.value).toBeCloseTo(exact.terms.discretization.value, 1);
  });

  it("refuses a deterministic sampler, and a law without an exact denoiser", async () => {
    const engine = engineOf();
    const request = { ...common, schedule, target: createTarget(ring) };
    await expect(certifyTarget(engine, { ...request, sampler: "ddim" }, { paths: 16 })).rejects.toThrow(
      expect.objectContaining({ code: "FEDSCORE_UNSUPPORTED" }),
    );
    const { denoiser: _, ...blind } = createTarget(ring);
    // @ts-expect-error It has no denoiser.
    await expect(certifyTarget(engine, { ...request, target: blind }, { paths: 16 })).rejects.toThrow(
      /exact denoiser of .* is not known/,
    );
  });
});
