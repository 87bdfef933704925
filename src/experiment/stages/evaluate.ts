import { beginStage } from "../progress.js";
import { isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt, finite } from "./attempt.js";
import { comparedIn, lostInFloat32 } from "./compared.js";
import { divergenceOf, measure } from "./measure.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

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
  const { dimension, federated, reference: dense, heldOut, train } = comparedIn(run, space, drawn, reference);
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

/** A divergence knows its unit as one of the data; after the transforms lengths are others. */
export function unitIn(space: "data" | "transformed", unit: string): string {
  return space === "data" ? unit : unit.replace("data units", "transformed units");
}
