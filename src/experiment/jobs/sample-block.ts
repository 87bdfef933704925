import { createGrid, type GridSpec } from "../../diffusion/grids/index.js";
import { sample } from "../../diffusion/sample.js";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import { ScoreNetwork } from "../../network/score-network.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

/** A stretch of the samples of one seed: sample i is the same whatever stretch it is drawn in. */
export interface SampleBlock {
  readonly network: NetworkSpec;
  /** float32 [P]. */
  readonly parameters: Float32Array;
  readonly schedule: NoiseScheduleSpec;
  readonly grid: GridSpec;
  readonly sampler: SamplerName;
  readonly denoiseLast: boolean;
  readonly seed: number;
  readonly firstSample: number;
  readonly count: number;
}

/** Draws float32 [count, dimension] in the space of the network. */
export const sampleBlock: WorkerFunction<SampleBlock, Float32Array<ArrayBuffer>> = {
  name: "sampleBlock",
  run(engine, { network, parameters, sampler, ...block }) {
    const schedule = createSchedule(block.schedule);
    return sample(engine, {
      denoiser: new ScoreNetwork(network, parameters),
      schedule,
      grid: createGrid(block.grid, schedule),
      sampler: samplers[sampler],
      seed: block.seed,
      count: block.count,
      firstSample: block.firstSample,
      denoiseLast: block.denoiseLast,
    });
  },
  transfer: (samples) => [samples.buffer],
};
