import type { Denoiser } from "../../diffusion/denoiser.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import { FedscoreError } from "../../errors.js";
import type { WorkerFunction } from "../../federation/worker-pool.js";
import { createTarget, type TargetSpec } from "../../targets/index.js";
import { type BlockMeans, runPathBlocks } from "../../theory/certificate/blocks.js";
import { requirePathCost } from "../../theory/certificate/certificate.js";

/** A certificate without a network: the denoiser is the target's own, times `scale`. */
export interface ExactProblem {
  readonly target: TargetSpec;
  readonly schedule: NoiseScheduleSpec;
  /** float64 [N + 1]. */
  readonly times: Float64Array;
  readonly sampler: SamplerName;
  /** 1: exact. */
  readonly scale: number;
  readonly seed: number;
}

/** Blocks [first, first + count) of the forward paths of a problem. */
export const exactPaths: WorkerFunction<
  { readonly problem: ExactProblem; readonly first: number; readonly count: number },
  BlockMeans[]
> = {
  name: "exactPaths",
  run(engine, { problem, first, count }) {
    const schedule = createSchedule(problem.schedule);
    const target = createTarget(problem.target);
    const { denoiser } = target;
    if (!denoiser) {
      throw new FedscoreError("FEDSCORE_UNSUPPORTED", `target ${target.name} has no denoiser in closed form`);
    }
    return runPathBlocks(
      engine,
      {
        schedule,
        grid: { name: "given", times: problem.times },
        cost: requirePathCost(problem.sampler, schedule),
        target: { ...target, denoiser },
        denoiser: problem.scale === 1 ? denoiser : scaled(denoiser, problem.scale),
        seed: problem.seed,
      },
      first,
      count,
    );
  },
};

/** A denoiser that is wrong on purpose: `scale` times the output of another. */
function scaled(denoiser: Denoiser, scale: number): Denoiser {
  const { dimension } = denoiser;
  return {
    dimension,
    open(engine, maxBatch) {
      const session = denoiser.open(engine, maxBatch);
      return {
        denoise(x, batch, level, out) {
          session.denoise(x, batch, level, out);
          engine.kernels.linearCombination(out, scale, out, 0, batch * dimension, out);
        },
      };
    },
  };
}
