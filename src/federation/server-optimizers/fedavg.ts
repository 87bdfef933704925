import { member } from "../../family.js";
import { inPieces } from "../../pieces.js";
import { type ServerOptimizer, serverRate } from "./server-optimizer.js";

/** x <- x + eta Delta; eta = 1 is plain averaging. */
export const fedAvg = member({
  kind: "fedavg",
  source:
    "McMahan et al., arXiv 1602.05629, algorithm 1; server step size: Reddi et al., arXiv 2003.00295, algorithm 1",
  text: "The coverage-weighted average of the updates; arXiv 1602.05629.",
  fields: { learningRate: serverRate(1) },
  create: ({ learningRate }): ServerOptimizer => ({
    initialState: [],
    step({ parameters, update, weights }) {
      inPieces(parameters.length, moveEntries, learningRate, parameters, update, weights);
    },
  }),
});

function moveEntries(
  start: number,
  end: number,
  learningRate: number,
  parameters: Float32Array,
  update: Float64Array,
  weights: Float64Array,
): void {
  for (let i = start; i < end; i++) {
    const moved = parameters[i] + learningRate * update[i];
    if (weights[i] > 0) parameters[i] = moved;
  }
}
