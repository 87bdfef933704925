import { type Engine, portableMath } from "../kernels/index.js";
import type { LayerOutput } from "./classifier-network.js";

/** e^(logit - largest) / sum of each row, in place, rows of `stride` numbers. */
export function softmax(engine: Engine, values: Float32Array, rows: number, width: number, stride: number): void {
  const { exp } = portableMath(engine);
  for (let row = 0, at = 0; row < rows; row++, at += stride) {
    let largest = values[at];
    for (let k = 1; k < width; k++) largest = Math.max(largest, values[at + k]);
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const weight = exp(values[at + k] - largest);
      values[at + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < width; k++) values[at + k] /= sum;
  }
}

/**
 * Mean over the batch of -log softmax(logits)[label]; the logits become its gradient, (softmax - one hot) / batch.
 * labels int32 [batch], places of classes.
 */
export function crossEntropy(engine: Engine, logits: LayerOutput, labels: ArrayLike<number>): number {
  const { pointer, width, stride } = logits;
  const batch = labels.length;
  const { log } = portableMath(engine);
  const values = new Float32Array(engine.arena.buffer, pointer, batch * stride);
  softmax(engine, values, batch, width, stride);
  let loss = 0;
  for (let row = 0, at = 0; row < batch; row++, at += stride) {
    loss -= log(Math.max(values[at + labels[row]], Number.MIN_VALUE)) / batch;
    values[at + labels[row]] -= 1;
    for (let k = 0; k < width; k++) values[at + k] /= batch;
  }
  return loss;
}
