import { type Engine, type Float32Block, nullPointer } from "../kernels/index.js";

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** Parameters and their gradient, float32 [size] each, in the memory of an engine. */
interface Trained {
  readonly parameters: Float32Block;
  readonly gradient: Float32Block;
}

/** How fast, and for how many steps. */
interface Pace {
  /** Of the first step. */
  readonly learningRate: number;
  readonly steps: number;
}

/** Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) whose learning rate falls linearly to 0: each call is a step. */
export function decayingAdam(
  engine: Engine,
  { parameters, gradient }: Trained,
  { learningRate, steps }: Pace,
): () => void {
  const size = parameters.length;
  const [first, second] = [engine.arena.zeros(size).pointer, engine.arena.zeros(size).pointer];
  let [power1, power2, done] = [1, 1, 0];
  return () => {
    power1 *= beta1;
    power2 *= beta2;
    const rate = learningRate * (1 - done++ / steps);
    engine.kernels.adamStep(
      parameters.pointer,
      gradient.pointer,
      first,
      second,
      nullPointer,
      1,
      beta1,
      beta2,
      rate / (1 - power1),
      1 / Math.sqrt(1 - power2),
      epsilon,
      1,
      size,
    );
  };
}
