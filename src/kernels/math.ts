import type { Engine } from "./instance.js";
import { requireEngine } from "./require-engine.js";

/** Elementary functions of float64 with the same bits in every JavaScript engine, which `Math` does not promise. */
export interface PortableMath {
  exp(x: number): number;
  log(x: number): number;
  sin(x: number): number;
  cos(x: number): number;
  expm1(x: number): number;
  log1p(x: number): number;
  pow(base: number, exponent: number): number;
}

/** The elementary functions as the kernels compute them: the same bits in every JavaScript engine. */
export function portableMath(engine: Engine): PortableMath {
  const { kernels } = requireEngine(engine);
  return {
    exp: kernels.mathExp,
    log: kernels.mathLog,
    sin: kernels.mathSin,
    cos: kernels.mathCos,
    expm1: kernels.mathExpm1,
    log1p: kernels.mathLog1p,
    pow: kernels.mathPow,
  };
}
