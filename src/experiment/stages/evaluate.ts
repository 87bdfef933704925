import type { Estimate } from "../../divergence/index.js";
import { beginStage } from "../progress.js";
import type { ExperimentResult } from "../result/schema.js";
import { divergenceOf, measure } from "./measure.js";
import type { ReadyRun } from "./ready-run.js";

/** Samples of a run's network and of its dense reference, float32 [count, dimension] in both spaces. */
export interface DrawnSamples {
  /** In the space of the data. */
  readonly samples: Float32Array;
  readonly referenceSamples: Float32Array | undefined;
  /** In the space of the network. */
  readonly latent: Float32Array;
  readonly referenceLatent: Float32Array | undefined;
}

/** What is compared, float32 [rows, dimension], all in the same space. */
interface Compared {
  readonly dimension: number;
  readonly federated: Float32Array;
  readonly reference: Float32Array | undefined;
  readonly heldOut: Float32Array;
  /** Data that play the part of perfect samples: their divergence from the held-out data is the floor. */
  readonly train: Float32Array;
}

/** Each divergence of the samples from held-out data, beside its floor and the reference's value. */
export async function evaluate(run: ReadyRun, drawn: DrawnSamples): Promise<ExperimentResult["measured"]> {
  const { config, pool, signal, onProgress } = run;
  const { divergences: names, samples: rows, space } = config.evaluation;
  const { dimension, federated, reference, heldOut, train } = comparedIn(run, drawn);
  const b = heldOut.subarray(0, rows * dimension);
  const size = Math.min(federated.length, b.length);
  const advance = beginStage(onProgress, "evaluation", names.length * (reference ? 3 : 2));
  let done = 0;
  const compare = async (divergence: string, sample: Float32Array): Promise<Estimate> => {
    const a = sample.subarray(0, size);
    const estimate = await pool.call(measure, { divergence, a, b, dimension, seed: config.seed }, { signal });
    advance(++done);
    return estimate;
  };
  const entries = names.map(async (name) => {
    const [value, floor, dense] = await Promise.all([
      compare(name, federated),
      compare(name, train),
      reference && compare(name, reference),
    ]);
    const measured = { ...intervalOf(value), unit: unitIn(space, divergenceOf(name).unit), floor: intervalOf(floor) };
    return [name, dense ? { ...measured, reference: intervalOf(dense) } : measured] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function comparedIn({ config, prepared }: ReadyRun, drawn: DrawnSamples): Compared {
  const { transform, data, points, heldOut } = prepared;
  return config.evaluation.space === "data"
    ? {
        dimension: transform.inputDimension,
        federated: drawn.samples,
        reference: drawn.referenceSamples,
        heldOut: data.heldOut.points,
        train: data.train.points,
      }
    : {
        dimension: transform.outputDimension,
        federated: drawn.latent,
        reference: drawn.referenceLatent,
        heldOut,
        train: points,
      };
}

/** A divergence knows its unit as one of the data; after the transforms lengths are others. */
function unitIn(space: "data" | "transformed", unit: string): string {
  return space === "data" ? unit : unit.replace("data units", "transformed units");
}

function intervalOf({ value, low, high }: Estimate) {
  return { value, low, high };
}
