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
import { requireBuild } from "../../support/built.js";

requireBuild();

const dimension = 2;
const law = { of: { kind: "ring" } } as const;
const schedule = createSchedule({ kind: "ou", tMin: 0.02, tMax: 4 });
const grid = createGrid({ kind: "uniform-log-snr", steps: 8 }, schedule);

const rowsOf = async () => {
  const engine = await createEngine({ variant: "simd" });
  const [data, samples] = [1, 2].map((seed) => createLaw(law).sample(engine, 700 * seed, seed).points);
  return { engine, compared: { data, samples, dimension, seed: 4 }, rows: { points: data, dimension } };
};
const curveOptions = { points: 3, draws: 2000 };

async function inWorkers(workers: number) {
  const { compared, rows } = await rowsOf();
  const pool = await ComlinkPool.start(await createBuilt({ variant: "simd" }), { workers });
  try {
    const bandwidth = await medianBandwidth(pool, { rows, seed: 4 });
    const mmd = await mmdInterval(pool, { ...compared, bandwidth });
    const totalVariation = await totalVariationLowerBound(pool, compared);
    const request = { schedule, grid, heldOut: rows, denoiser: law, seed: 4 };
    return { mmd, totalVariation, curve: await lawKlCurve(pool, request, curveOptions) };
  } finally {
    await pool.close();
  }
}

it("bounds from rows are the same with one worker, with two and in this thread", async () => {
  const { engine, compared, rows } = await rowsOf();
  const pool = new InThreadPool(engine);
  const bandwidth = await bandwidthHere(pool, { rows, seed: 4 });
  const request = { schedule, grid, heldOut: rows, denoiser: law, seed: 4 };
  const here = {
    mmd: await mmdHere(pool, { ...compared, bandwidth }),
    totalVariation: await totalVariationHere(pool, compared),
    curve: await curveHere(pool, request, curveOptions),
  };
  expect(await inWorkers(1)).toEqual(here);
  expect(await inWorkers(2)).toEqual(here);
});
