/**
 * Elementary functions: arrays of float32 (x [n] to out [n], which may be the same; errors in assembly/elementary.ts), and scalar
 * float64 that gives the same bits in every JavaScript engine and in both builds.
 */
export interface VecmathKernels {
  vecExp(x: number, out: number, n: number): void;
  vecLog(x: number, out: number, n: number): void;
  vecSin(x: number, out: number, n: number): void;
  vecCos(x: number, out: number, n: number): void;
  vecTanh(x: number, out: number, n: number): void;
  vecErf(x: number, out: number, n: number): void;
  mathExp(x: number): number;
  mathLog(x: number): number;
  mathSin(x: number): number;
  mathCos(x: number): number;
  mathExpm1(x: number): number;
  mathLog1p(x: number): number;
  mathPow(base: number, exponent: number): number;
  mathErf(x: number): number;
  /** e^(x^2) erfc(x), x >= 0. */
  mathErfcx(x: number): number;
}

export const vecmathArity = {
  vecExp: 3,
  vecLog: 3,
  vecSin: 3,
  vecCos: 3,
  vecTanh: 3,
  vecErf: 3,
  mathExp: 1,
  mathLog: 1,
  mathSin: 1,
  mathCos: 1,
  mathExpm1: 1,
  mathLog1p: 1,
  mathPow: 2,
  mathErf: 1,
  mathErfcx: 1,
} satisfies Record<keyof VecmathKernels, number>;
