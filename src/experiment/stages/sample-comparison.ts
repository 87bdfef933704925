import type { NoiseLevel } from "../../diffusion/schedule.js";
import type { Estimate } from "../../divergence/divergence.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { createLaw, type LawSpec } from "../../targets/law.js";
import { klLowerBound, type LowerBound } from "../../theory/lower-bound/lower-bound.js";
import { nearestNeighbourKl } from "../../theory/measured/nearest-neighbour-kl.js";
import { noisedSample } from "../../theory/measured/noised-sample.js";
import type { Unavailable } from "../../theory/sandwich.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

/** Samples of a network, and the law they are compared with: that of `law` noised to `level`. */
export interface SampleComparison {
  readonly law: LawSpec;
  readonly level: Pick<NoiseLevel, "alpha" | "sigma">;
  /** x_delta, float32 [rows, dimension], in the coordinates of the network. As many fresh rows of q_delta are drawn. */
  readonly samples: Float32Array;
  readonly dimension: number;
  /** Decides the fresh rows: no other use of the law may have it. */
  readonly seed: number;
}

function freshRows(engine: Engine, { law, level, samples, dimension, seed }: SampleComparison): Float32Array {
  return noisedSample(engine, createLaw(law), level, samples.length / dimension, seed);
}

/** Lower confidence bound on KL(q_delta || p_theta). */
export const boundFromBelow: WorkerFunction<SampleComparison & { readonly confidence: number }, LowerBound> = {
  name: "boundFromBelow",
  run(engine, input) {
    const { samples, dimension, seed, confidence } = input;
    return klLowerBound(engine, freshRows(engine, input), samples, dimension, { seed, confidence });
  },
};

/** KL(q_delta || p_theta) from nearest neighbours; why there is none where rows of q_delta coincide. */
export const estimateByNeighbours: WorkerFunction<SampleComparison, Estimate | Unavailable> = {
  name: "estimateByNeighbours",
  run(engine, input) {
    const { samples, dimension, seed } = input;
    try {
      return nearestNeighbourKl.evaluate(engine, freshRows(engine, input), samples, dimension, { seed });
    } catch (error) {
      if (error instanceof FedscoreError && error.code === "FEDSCORE_INVALID_DATA")
        return { unavailable: error.message };
      throw error;
    }
  },
};
