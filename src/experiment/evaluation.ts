import type { Estimate } from "../divergence/index.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { divergenceOf, measure } from "./jobs/measure.js";
import type { ExperimentResult } from "./result.js";

/** The samples that are compared, float32 [rows, dimension], all in the same space. */
export interface ComparedSamples {
  readonly dimension: number;
  /** "data": distances are in data units. */
  readonly space: "data" | "transformed";
  readonly federated: Float32Array;
  readonly reference?: Float32Array | undefined;
  readonly heldOut: Float32Array;
  /** Data that play the part of perfect samples: their divergence from the held-out data is the floor. */
  readonly train: Float32Array;
}

export interface EvaluationOptions {
  readonly names: readonly string[];
  readonly seed: number;
  /** Most rows of each sample. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: (done: number, total: number) => void;
}

/** Each divergence of the samples from held-out data, beside its floor and the reference's value. */
export async function evaluate(
  pool: WorkerPool,
  { dimension, space, federated, reference, heldOut, train }: ComparedSamples,
  { names, seed, rows, signal, onAdvance }: EvaluationOptions,
): Promise<ExperimentResult["measured"]> {
  const b = heldOut.subarray(0, rows * dimension);
  const size = Math.min(federated.length, b.length);
  const total = names.length * (reference ? 3 : 2);
  let done = 0;
  const compare = async (divergence: string, sample: Float32Array): Promise<Estimate> => {
    const a = sample.subarray(0, size);
    const estimate = await pool.call(measure, { divergence, a, b, dimension, seed }, { signal });
    onAdvance?.(++done, total);
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

/** A divergence knows its unit as one of the data; after the transforms lengths are others. */
function unitIn(space: ComparedSamples["space"], unit: string): string {
  return space === "data" ? unit : unit.replace("data units", "transformed units");
}

function intervalOf({ value, low, high }: Estimate) {
  return { value, low, high };
}
