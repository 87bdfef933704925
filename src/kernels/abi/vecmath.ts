/** Elementary functions that give the same bits in every JavaScript engine. */
export interface VecmathKernels {
  mathExp(x: number): number;
  mathLog(x: number): number;
  mathSin(x: number): number;
  mathCos(x: number): number;
  mathExpm1(x: number): number;
  mathLog1p(x: number): number;
  mathPow(base: number, exponent: number): number;
}

export const vecmathArity = {
  mathExp: 1,
  mathLog: 1,
  mathSin: 1,
  mathCos: 1,
  mathExpm1: 1,
  mathLog1p: 1,
  mathPow: 2,
} satisfies Record<keyof VecmathKernels, number>;
