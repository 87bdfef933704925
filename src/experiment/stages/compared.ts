import { ruinedColumn } from "../../data/exact.js";
import { FedscoreError } from "../../errors.js";
import { isNotComputed, type Part } from "../result/not-computed.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

/** What is compared, float32 [rows, dimension], all in the same space. */
export interface Compared {
  readonly dimension: number;
  readonly federated: Part<Float32Array>;
  readonly reference: Part<Float32Array> | undefined;
  readonly heldOut: Float32Array;
  /** Data that play the part of perfect samples: their divergence from the held-out data is the floor. */
  readonly train: Float32Array;
}

/** Samples are float32: of columns that float32 does not hold, all would look alike. */
export function lostInFloat32({ prepared: { data } }: ReadyRun): FedscoreError | undefined {
  const { exact, points, dimension } = data.train;
  const ruined = exact && ruinedColumn(exact, points, dimension);
  if (!ruined) return undefined;
  const { column, mean, deviation } = ruined;
  const message = `float32 samples cannot be told apart in column ${column}, which varies by ${deviation.toPrecision(3)} around ${mean.toPrecision(3)}: set evaluation.space to "transformed"`;
  return new FedscoreError("FEDSCORE_UNSUPPORTED", message, { column });
}

/** Samples and rows in the space of the data, or in that of the network. */
export function comparedIn(
  { prepared }: ReadyRun,
  space: "data" | "transformed",
  drawn: Part<DrawnSamples>,
  reference: Part<DrawnSamples> | undefined,
): Compared {
  const { transform, data, points, heldOut } = prepared;
  const inData = space === "data";
  const rowsOf = (part: Part<DrawnSamples>) => (isNotComputed(part) ? part : inData ? part.samples : part.latent);
  return {
    federated: rowsOf(drawn),
    reference: reference && rowsOf(reference),
    ...(inData
      ? { dimension: transform.inputDimension, heldOut: data.heldOut.points, train: data.train.points }
      : { dimension: transform.outputDimension, heldOut, train: points }),
  };
}
