import type { RunOutcome } from "../experiment/execute.js";
import { renderReport } from "./index.js";

/** Most rows of each sample that the report pictures. */
const picturedRows = 2000;

/** report.html of a run; without samples of the network where none could be drawn. */
export function runReport({ result, samples, referenceSamples, heldOut }: RunOutcome): string {
  const { dimension, imageShape, points } = heldOut;
  const first = (rows: Float32Array) => rows.subarray(0, picturedRows * dimension);
  return renderReport(result, {
    dimension,
    federated: samples ? first(samples) : new Float32Array(0),
    data: first(points),
    ...(referenceSamples && { reference: first(referenceSamples) }),
    ...(imageShape && { imageShape }),
  });
}
