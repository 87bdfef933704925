import type { TimeGrid } from "../../src/diffusion/grid.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { Engine } from "../../src/kernels/index.js";
import { certifiedTimes, snrLadder } from "../../src/theory/certified-grid.js";
import { estimateMmse } from "../../src/theory/mmse-monte-carlo.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { twoModes, vpLinear } from "./curved-laws.js";

/** The grid of the least ancestral path KL for two modes, and for independent copies of them. */
export async function bestMixGrid(engine: Engine, steps: number): Promise<TimeGrid> {
  const schedule = createSchedule(vpLinear);
  const snr = snrLadder(schedule, { steps }, 257);
  const request = { clean: twoModes, denoiser: twoModes, dimension: 1, snr, samples: 20_000, seed: 7 };
  const { curve } = await estimateMmse(new InThreadPool(engine), request);
  return { name: "certified", times: Float64Array.from(certifiedTimes(curve, schedule, { steps })) };
}
