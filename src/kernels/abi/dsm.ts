import type { Pointer } from "../arena.js";

/** Denoising score matching. Matrices are row-major float32; a level table row is 8 coefficients, then the noise features. */
export interface DsmKernels {
  /**
   * Corrupts a batch. points [.., dimension], rowIndex u32 [batch] into points,
   * levels [.., 8 + features], levelIndex u32 [batch], noise [batch, dimension];
   * writes input [batch, dimension + features], target [batch, dimension], weight [batch].
   */
  dsmBatch(
    points: Pointer,
    rowIndex: Pointer,
    dimension: number,
    levels: Pointer,
    levelIndex: Pointer,
    features: number,
    noise: Pointer,
    batch: number,
    input: Pointer,
    target: Pointer,
    weight: Pointer,
  ): void;
  /** Mean over the batch of weight |output - target|^2 (float64); writes its gradient [batch, dimension]. */
  dsmLoss(
    output: Pointer,
    target: Pointer,
    weight: Pointer,
    batch: number,
    dimension: number,
    gradient: Pointer,
  ): number;
  /** out = a x + b y over n float32; out may be x or y. */
  linearCombination(x: Pointer, a: number, y: Pointer, b: number, n: number, out: Pointer): void;
}

export const dsmArity = {
  dsmBatch: 11,
  dsmLoss: 6,
  linearCombination: 6,
} satisfies Record<keyof DsmKernels, number>;
