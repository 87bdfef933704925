import type { Pointer } from "../arena.js";

/** Squared norms of linear combinations: the integrands of path-space KL. */
export interface CertificateKernels {
  /** Sum over n float32 of (a x + b y + c u + e v)^2, accumulated in float64. */
  combinationSquaredNorm(
    x: Pointer,
    a: number,
    y: Pointer,
    b: number,
    u: Pointer,
    c: number,
    v: Pointer,
    e: number,
    n: number,
  ): number;
}

export const certificateArity = { combinationSquaredNorm: 9 } satisfies Record<keyof CertificateKernels, number>;
