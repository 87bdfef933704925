import { namedMember } from "../family.js";
/**
 * How a network output F becomes a denoised point: x0hat = cSkip x + cOut F(cIn x, level), and what F should be:
 * F* = targetData x_0 + targetNoise eps, which is (x_0 - cSkip x) / cOut without the cancellation at small sigma.
 */
export interface Preconditioning {
  readonly cIn: number;
  readonly cSkip: number;
  readonly cOut: number;
  readonly targetData: number;
  readonly targetNoise: number;
}

/** What a score network predicts. One file each in parameterizations/, plus one line in its index; +, -, *, / and sqrt only. */
export interface Parameterization {
  readonly name: string;
  readonly source: string;
  /** `sigmaData`: standard deviation of the data per coordinate, data units. */
  at(level: { readonly alpha: number; readonly sigma: number }, sigmaData: number): Preconditioning;
}

/** A parameterization whose name is a type of its own. */
export const parameterization = namedMember<Parameterization>();
