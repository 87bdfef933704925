import type { Engine } from "./instance.js";
import { requireEngine } from "./require-engine.js";

/** Elementary functions of float64 with the same bits in every JavaScript engine, which `Math` does not promise. */
export interface PortableMath {
  /** e^x. */
  exp(x: number): number;
  /** Natural logarithm. */
  log(x: number): number;
  /** Sine of radians. */
  sin(x: number): number;
  /** Cosine of radians. */
  cos(x: number): number;
  /** e^x - 1, without cancellation near 0. */
  expm1(x: number): number;
  /** log(1 + x), without cancellation near 0. */
  log1p(x: number): number;
  /** base^exponent. */
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
