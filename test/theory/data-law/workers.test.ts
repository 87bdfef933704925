/** Worker threads cannot load TypeScript, so those of this test run the built package. */

import { createEngine as createBuilt } from "fedscore";
import { lawKlCurve, medianBandwidth, mmdInterval, totalVariationLowerBound } from "fedscore/theory";
import { ComlinkPool } from "fedscore/workers";
import { expect, it } from "vitest";
import { createGrid } from "../../../src/diffusion/grids/index.js";
import { createSchedule } from "../../../src/diffusion/schedules/index.js";
import { createEngine } from "../../../src/kernels/index.js";
import { createLaw } from "../../../src/targets/law.js";
import { medianBandwidth as bandwidthHere } from "../../../src/theory/data-law/bandwidth.js";
import { lawKlCurve as curveHere } from "../../../src/theory/data-law/kl-curve.js";
import { mmdInterval as mmdHere } from "../../../src/theory/data-law/mmd-interval.js";
import { totalVariationLowerBound as totalVariationHere } from "../../../src/theory/data-law/total-variation.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import type { WorkerPool } from "../../../src/workers/worker-pool.js";
import { requireBuild } from "../../support/built.js";

requireBuild();

const dimension = 2;
const law = { of: { kind: "ring" } } as const;
const schedule = createSchedule({ kind: "ou", tMin: 0.02, tMax: 4 });
const grid = createGrid({ kind: "uniform-log-snr", steps: 8 }, schedule);

it("bounds from rows are the same with one worker, with two and in this thread", async () => {
  const engine = await createEngine({ variant: "simd" });
  const [data, samples] = [1, 2].map((seed) => createLaw(law).sample(engine, 700 * seed, seed).points);
  const compared = { data, samples, dimension, seed: 4 };
  const rows = { points: data, dimension };
  const all = async (
    pool: WorkerPool,
    {
      bandwidthOf,
      mmd,
      totalVariation,
      curve,
    }: Record<"bandwidthOf", typeof medianBandwidth> &
      Record<"mmd", typeof mmdInterval> &
      Record<"totalVariation", typeof totalVariationLowerBound> &
      Record<"curve", typeof lawKlCurve>,
  ) => {
    const bandwidth = await bandwidthOf(pool, { rows, seed: 4 });
    return {
      mmd: await mmd(pool, { ...compared, bandwidth }),
      totalVariation: await totalVariation(pool, compared),
      curve: await curve(pool, { schedule, grid, heldOut: rows, denoiser: law, seed: 4 }, { points: 3, draws: 2000 }),
    };
  };
  const built = {
    bandwidthOf: medianBandwidth,
    mmd: mmdInterval,
    totalVariation: totalVariationLowerBound,
    curve: lawKlCurve,
  };
  const found = [];
  for (const workers of [1, 2]) {
    const pool = await ComlinkPool.start(await createBuilt({ variant: "simd" }), { workers });
    try {
      found.push(await all(pool, built));
    } finally {
      await pool.close();
    }
  }
  expect(found[1]).toEqual(found[0]);
  const here = { bandwidthOf: bandwidthHere, mmd: mmdHere, totalVariation: totalVariationHere, curve: curveHere };
  expect(await all(new InThreadPool(engine), here)).toEqual(found[0]);
});
