import { ruinedColumn } from "../../data/exact.js";
import { FedscoreError } from "../../errors.js";
import { beginStage } from "../progress.js";
import { isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt, finite } from "./attempt.js";
import { divergenceOf, measure } from "./measure.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

/** What is compared, float32 [rows, dimension], all in the same space. */
interface Compared {
  readonly dimension: number;
  readonly federated: Part<Float32Array>;
  readonly reference: Part<Float32Array> | undefined;
  readonly heldOut: Float32Array;
  /** Data that play the part of perfect samples: their divergence from the held-out data is the floor. */
  readonly train: Float32Array;
}

/**
 * Each divergence of the samples from held-out data, beside its floor and the reference's value; each of these says why where it could not be
 * computed.
 */
export async function evaluate(
  run: ReadyRun,
  drawn: Part<DrawnSamples>,
  reference: Part<DrawnSamples> | undefined,
): Promise<ExperimentResult["measured"]> {
  const { config, pool, signal, onProgress } = run;
  const { divergences: names, samples: rows, space } = config.evaluation;
  const { dimension, federated, reference: dense, heldOut, train } = comparedIn(run, drawn, reference);
  const b = heldOut.subarray(0, rows * dimension);
  const size = Math.min(config.sampling.count * dimension, b.length);
  const advance = beginStage(onProgress, "evaluation", names.length * (dense ? 3 : 2));
  const lost = space === "data" ? lostInFloat32(run) : undefined;
  let done = 0;
  const compare = async (divergence: string, samples: string, sample: Part<Float32Array>) => {
    const interval = isNotComputed(sample)
      ? without(samples, sample)
      : await attempt(async () => {
          if (lost) throw lost;
          const comparison = { divergence, a: sample.subarray(0, size), b, dimension, seed: config.seed };
          const { value, low, high } = await pool.call(measure, comparison, { signal });
          return finite(divergence, { value, low, high });
        });
    advance(++done);
    return interval;
  };
  const entries = names.map(async (name) => {
    const [value, floor, beside] = await Promise.all([
      compare(name, "samples", federated),
      compare(name, "data", train),
      dense && compare(name, "reference.samples", dense),
    ]);
    const measured = { ...value, unit: unitIn(space, divergenceOf(name).unit), floor };
    return [name, beside ? { ...measured, reference: beside } : measured] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Samples are float32: of columns that float32 does not hold, all would look alike. */
function lostInFloat32({ prepared: { data } }: ReadyRun): FedscoreError | undefined {
  const { exact, points, dimension } = data.train;
  const ruined = exact && ruinedColumn(exact, points, dimension);
  if (!ruined) return undefined;
  const { column, mean, deviation } = ruined;
  const message = `float32 samples cannot be told apart in column ${column}, which varies by ${deviation.toPrecision(3)} around ${mean.toPrecision(3)}: set evaluation.space to "transformed"`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { column });
}

function comparedIn(
  { config, prepared }: ReadyRun,
  drawn: Part<DrawnSamples>,
  reference: Part<DrawnSamples> | undefined,
): Compared {
  const { transform, data, points, heldOut } = prepared;
  const inData = config.evaluation.space === "data";
  const rowsOf = (part: Part<DrawnSamples>) => (isNotComputed(part) ? part : inData ? part.samples : part.latent);
  return {
    federated: rowsOf(drawn),
    reference: reference && rowsOf(reference),
    ...(inData
      ? { dimension: transform.inputDimension, heldOut: data.heldOut.points, train: data.train.points }
      : { dimension: transform.outputDimension, heldOut, train: points }),
  };
}

/** A divergence knows its unit as one of the data; after the transforms lengths are others. */
export function unitIn(space: "data" | "transformed", unit: string): string {
  return space === "data" ? unit : unit.replace("data units", "transformed units");
}
