import { createGrid, type GridSpec } from "./grids/index.js";
import { evaluationsPerSample } from "./sample.js";
import { createSampler, type SamplerSpec } from "./samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "./schedules/index.js";

/** How a sample is made, as plain data. */
export interface SamplingSpec {
  readonly schedule: NoiseScheduleSpec;
  readonly grid: GridSpec;
  readonly sampler: SamplerSpec;
  readonly denoiseLast: boolean;
}

/** Steps and evaluations of the denoiser for one sample of so many dimensions; undefined where the sampler takes steps of its own. Throws ArgumentError where schedule or grid are out of range. */
export function samplingCost(
  spec: SamplingSpec,
  dimension: number,
): { readonly steps: number; readonly evaluations: number | undefined } {
  const schedule = createSchedule(spec.schedule);
  const grid = createGrid(spec.grid, schedule);
  const { denoiseLast } = spec;
  const evaluations = evaluationsPerSample({
    schedule,
    grid,
    sampler: createSampler(spec.sampler),
    denoiseLast,
    dimension,
  });
  return { steps: grid.times.length - 1, evaluations };
}
