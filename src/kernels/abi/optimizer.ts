import type { Pointer } from "../arena.js";

/**
 * Optimizer steps over flat float32 vectors of `count` entries. keep, uint8 [count], may be 0: an entry with 0 does not
 * move. scale multiplies every gradient.
 */
export interface OptimizerKernels {
  /** parameters -= learningRate gradient. */
  sgdStep(
    parameters: Pointer,
    gradient: Pointer,
    keep: Pointer,
    scale: number,
    learningRate: number,
    count: number,
  ): void;
  /** velocity = momentum velocity + gradient; parameters -= learningRate velocity. */
  momentumStep(
    parameters: Pointer,
    gradient: Pointer,
    velocity: Pointer,
    keep: Pointer,
    scale: number,
    learningRate: number,
    momentum: number,
    count: number,
  ): void;
  /**
   * first and second moments, then parameters = decay parameters - stepSize first / (sqrt(second) rootCorrection + epsilon)
   * with stepSize = learningRate / (1 - beta1^t), rootCorrection = 1 / sqrt(1 - beta2^t), decay = 1 - learningRate weightDecay.
   */
  adamStep(
    parameters: Pointer,
    gradient: Pointer,
    first: Pointer,
    second: Pointer,
    keep: Pointer,
    scale: number,
    beta1: number,
    beta2: number,
    stepSize: number,
    rootCorrection: number,
    epsilon: number,
    decay: number,
    count: number,
  ): void;
  /** Euclidean norm of the kept entries in float64; finite if and only if all of them are. */
  gradientNorm(gradient: Pointer, keep: Pointer, count: number): number;
  /** gradient += mu (parameters - start), all float32 [count]. */
  addProximalGradient(gradient: Pointer, parameters: Pointer, start: Pointer, mu: number, count: number): void;
  /** average += (1 - decay) (values - average). */
  emaUpdate(average: Pointer, values: Pointer, decay: number, count: number): void;
}

export const optimizerArity = {
  sgdStep: 6,
  momentumStep: 8,
  adamStep: 13,
  gradientNorm: 3,
  addProximalGradient: 5,
  emaUpdate: 4,
} satisfies Record<keyof OptimizerKernels, number>;
