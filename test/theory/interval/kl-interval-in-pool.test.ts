/** Worker threads cannot load TypeScript, so those of this test run the built package. */

import { createEngine as createBuilt } from "fedscore";
import { type CertificateRequest, klIntervalInPool } from "fedscore/theory";
import { ComlinkPool } from "fedscore/workers";
import { describe, expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { klIntervalInPool as intervalHere } from "../../../src/theory/interval/kl-interval-in-pool.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { requireBuild } from "../../support/built.js";
import { ringRequest } from "../../support/ring-request.js";

requireBuild();

describe("interval in a pool", () => {
  it.each([undefined, "tilted-resampled"] as const)(
    "is the same with one worker, with two and in this thread: %s",
    async (proposal) => {
      const problem = await ringRequest();
      const options = { rows: 320, k: 4, proposal, defensive: { share: 1e-3 } };
      const intervals = [];
      for (const workers of [1, 2]) {
        const pool = await ComlinkPool.start(await createBuilt({ variant: "simd" }), { workers });
        try {
          intervals.push(await klIntervalInPool(pool, problem, options));
        } finally {
          await pool.close();
        }
      }
      const here = await intervalHere(new InThreadPool(await createEngine({ variant: "simd" })), problem, options);
      expect(intervals[0].defensive?.high).toBeGreaterThan(intervals[0].low);
      expect(intervals[0]).toMatchObject({ k: 4, rows: { law: 320, sampler: 320 }, theorem: "importance-weights" });
      expect(intervals[1]).toEqual(intervals[0]);
      expect(here).toEqual(intervals[0]);
    },
  );

  it("tells how far it is, takes rows in blocks, and hears an abort", async () => {
    const pool = new InThreadPool(await createEngine({ variant: "simd" }));
    const problem = await ringRequest();
    const seen: number[] = [];
    const { rows } = await intervalHere(pool, problem, {
      rows: 257,
      k: 2,
      onProgress: (done) => {
        seen.push(done.rows);
        expect(done.of).toBe(640);
      },
    });
    expect(rows).toEqual({ law: 320, sampler: 320 });
    expect(seen).toEqual(Array.from({ length: 10 }, (_, block) => 64 * (block + 1)));
    const aborter = new AbortController();
    const stopped = intervalHere(pool, problem, {
      rows: 1e5,
      k: 2,
      signal: aborter.signal,
      onProgress: () => aborter.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "FEDSCORE_ABORTED" });
  });

  it("refuses what has no Gaussian steps or no density, noise that float32 does not hold, and options out of range", async () => {
    const pool = new InThreadPool(await createEngine({ variant: "simd" }));
    const problem = await ringRequest();
    const refused = (change: Partial<CertificateRequest>, options = {}) =>
      expect(intervalHere(pool, { ...problem, ...change }, { rows: 256, k: 1, ...options })).rejects;
    await refused({ sampler: "ddim" }).toThrow(/sampler ddim: its step 1 adds noise of deviation 0, which must be > 0/);
    await refused({ sampler: "heun" }).toThrow(/sampler heun: its step 1 evaluates the denoiser twice/);
    await refused({ law: { of: { kind: "moons" } } }).toThrow(/the density of moons with noise is not known/);
    const fine = { kind: "ou", tMin: 1e-13, tMax: 10 } as const;
    const late = createGrid({ kind: "uniform-log-snr", steps: 12, start: 4, end: 1e-12 }, createSchedule(fine));
    await refused({ schedule: fine, grid: late }).toThrow(/beside which float32 does not resolve it/);
    await refused({}, { k: 0 }).toThrow(/k must be/);
    await refused({}, { rows: 0 }).toThrow(/rows must be/);
    await refused({}, { confidence: 1 }).toThrow(/confidence must lie/);
    await refused({}, { proposal: "backward" }).toThrow(/proposal/);
    await refused({}, { defensive: { share: 2 } }).toThrow(/defensive.share must lie in \(0, 1\)/);
    await refused({}, { defensive: { share: 1e-3, mean: 1 } }).toThrow(/defensive.mean is not known/);
  });
});
