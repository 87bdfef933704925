import { allEqual } from "../../../data/all-equal.js";
import { gaussianLaw } from "../../../diffusion/gaussian-law.js";
import { gridOfCoordinate, type TimeGrid } from "../../../diffusion/grid.js";
import { isDeterministic } from "../../../diffusion/sampler.js";
import { type SamplerName, samplers } from "../../../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../../../diffusion/schedules/index.js";
import { createTarget, type TargetSpec } from "../../../targets/index.js";
import { outputKlOnLine } from "../../../theory/line-output-kl.js";
import type { WorkerPool } from "../../../workers/worker-pool.js";

/** A target that is sampled with its exact denoiser. */
interface ExactSampling {
  readonly spec: TargetSpec;
  readonly schedule: NoiseScheduleSpec;
  readonly grid: TimeGrid;
  readonly sampler: SamplerName;
}

/**
 * KL(q_delta || output), nats: in closed form for Gaussian targets, by quadrature for those of one dimension and for products of copies, of
 * which a sampler with noise makes each coordinate by itself. Null for others.
 */
export async function trueKl(
  pool: WorkerPool,
  { spec, ...sampling }: ExactSampling,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const schedule = createSchedule(sampling.schedule);
  const { gaussianVariances, dimension } = createTarget(spec);
  const sampler = samplers[sampling.sampler];
  const grids = Array.from({ length: dimension }, (_, j) => gridOfCoordinate(sampling.grid, j));
  if (gaussianVariances && sampler.needsErrors === "coordinates") {
    // Noise that differs by coordinate mixes the axes of a target that has others.
    if (!allEqual(gaussianVariances)) return null;
    const [variance] = gaussianVariances;
    return grids.reduce((sum, grid) => sum + gaussianLaw({ schedule, grid, sampler, variance }).outputKl, 0);
  }
  if (gaussianVariances) {
    const klOf = (variance: number) => gaussianLaw({ schedule, grid: sampling.grid, sampler, variance }).outputKl;
    const kls = new Map([...new Set(gaussianVariances)].map((variance) => [variance, klOf(variance)]));
    return gaussianVariances.reduce((sum, variance) => sum + (kls.get(variance) ?? 0), 0);
  }
  const line = spec.kind === "product" ? { ...spec, dimension: 1 } : spec;
  const { dimension: width, float64 } = createTarget(line);
  if (width !== 1 || !float64 || isDeterministic(sampler, schedule)) return null;
  const klOn = (grid: TimeGrid) => pool.call(outputKlOnLine, { ...sampling, grid, law: { of: line } }, { signal });
  if (sampler.needsErrors !== "coordinates") return dimension * (await klOn(sampling.grid));
  const kls = await Promise.all(grids.map(klOn));
  return kls.reduce((sum, kl) => sum + kl, 0);
}
