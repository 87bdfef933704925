import { requireDataset } from "../data/dataset.js";
import { requireFloats, requireObject } from "../errors.js";
import type { RunOutcome } from "../experiment/execute.js";
import { renderReport } from "./index.js";

/** Most rows of each sample that the report pictures. */
const picturedRows = 2000;

/**
 * report.html of a run; without samples of the network where none could be drawn.
 * @throws ArgumentError or ArgumentTypeError naming the part of the outcome that is not as it must be.
 */
export function runReport(outcome: RunOutcome): string {
  const { result, samples, referenceSamples, heldOut } = requireObject("outcome", outcome);
  const { dimension, imageShape, colourShape, points } = requireDataset(heldOut);
  if (samples !== undefined) requireFloats("samples", samples);
  if (referenceSamples !== undefined) requireFloats("referenceSamples", referenceSamples);
  const first = (rows: Float32Array) => rows.subarray(0, picturedRows * dimension);
  return renderReport(result, {
    dimension,
    federated: samples ? first(samples) : new Float32Array(0),
    data: first(points),
    ...(referenceSamples && { reference: first(referenceSamples) }),
    ...(imageShape && { imageShape }),
    ...(colourShape && { colourShape }),
  });
}
