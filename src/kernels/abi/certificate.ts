import type { Pointer } from "../arena.js";

/** Squared norms of linear combinations: the integrands of path-space KL. */
export interface CertificateKernels {
  /** out float64 [rows]: squared norms of the rows of a x + b y + c u + e v, float32 [rows, width], accumulated in float64. */
  combinationSquaredNorms(
    x: Pointer,
    a: number,
    y: Pointer,
    b: number,
    u: Pointer,
    c: number,
    v: Pointer,
    e: number,
    rows: number,
    width: number,
    out: Pointer,
  ): void;
}

export const certificateArity = { combinationSquaredNorms: 11 } satisfies Record<keyof CertificateKernels, number>;
