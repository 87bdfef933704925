import { ArgumentError, requireInteger, requireList, requireNumber, requireObject } from "../errors.js";
import { type Engine, Purpose, uniforms } from "../kernels/index.js";
import type { NetworkSpec } from "./spec.js";

/** Noise levels, as sigma / alpha of each, between which guidance acts. */
export type GuidanceInterval = readonly [low: number, high: number];

/** How the class of a sample steers its denoiser: x0hat = x0hat(none) + scale (x0hat(class) - x0hat(none)). Ho, Salimans 2022, arXiv 2207.12598. */
export interface Guidance {
  /** 1: the network of the class as it is; 0: that of no class; above 1 samples are more of their class, and less various. */
  readonly scale: number;
  /** Elsewhere the scale is 1 (Kynkaanniemi et al. 2024, arXiv 2404.07724). Absent: everywhere. */
  readonly interval?: GuidanceInterval | undefined;
}

/** Classes of samples, and how these steer. Plain data. */
export interface Conditioned {
  /** Shares of the classes among the samples, in any unit; samples draw theirs from them. */
  readonly shares: readonly number[];
  readonly guidance: Guidance;
}

/** Guidance that leaves the network of the class as it is. */
export const plainGuidance: Guidance = { scale: 1 };

/** @throws ArgumentError unless `label` is a class of the network. */
export function requireClass(argument: string, { classes }: NetworkSpec, label: number): number {
  if (classes === undefined) throw new ArgumentError(argument, "needs a network with classes", label);
  return requireInteger(argument, label, 0, classes - 1);
}

/** @throws ArgumentError or ArgumentTypeError naming what does not fit the network. */
export function requireConditioned(argument: string, { classes }: NetworkSpec, given: Conditioned): void {
  const { shares, guidance } = requireObject(argument, given);
  if (classes === undefined) throw new ArgumentError(argument, "needs a network with classes", given);
  requireShares(`${argument}.shares`, shares, classes);
  requireGuidance(`${argument}.guidance`, guidance);
}

function requireShares(argument: string, shares: readonly number[], classes: number): void {
  requireList(argument, shares);
  if (shares.length !== classes) throw new ArgumentError(argument, `must have ${classes} entries`, shares.length);
  shares.forEach((share, index) => {
    requireNumber(`${argument}[${index}]`, share, "must be finite and >= 0", (value) => value >= 0);
  });
  if (!shares.some((share) => share > 0)) throw new ArgumentError(argument, "must have a positive entry", shares);
}

export function requireGuidance(argument: string, { scale, interval }: Guidance): void {
  requireNumber(`${argument}.scale`, scale, "must be finite and >= 0", (value) => value >= 0);
  if (interval === undefined) return;
  requireList(`${argument}.interval`, interval);
  const [low, high] = interval;
  if (interval.length === 2 && low >= 0 && low < high) return;
  throw new ArgumentError(`${argument}.interval`, "must be [low, high] with 0 <= low < high", interval);
}

/** The class of each of the samples [first, first + count) of a seed, uint32: that of a sample does not depend on how many are drawn. */
export function classesOfSamples(
  engine: Engine,
  { shares }: Pick<Conditioned, "shares">,
  { seed, first, count }: { readonly seed: number; readonly first: number; readonly count: number },
): Uint32Array<ArrayBuffer> {
  requireInteger("count", count, 0);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const last = shares.findLastIndex((share) => share > 0);
  return Uint32Array.from(uniforms(engine, count, { seed, purpose: Purpose.sampleClass }, first), (uniform) => {
    let left = uniform * total;
    const found = shares.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    return found < 0 ? last : found;
  });
}

/** The scale of the guidance at a noise level. */
export function guidanceAt(
  { scale, interval }: Guidance,
  { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
): number {
  if (interval === undefined) return scale;
  const noise = sigma / alpha;
  return noise > interval[0] && noise <= interval[1] ? scale : 1;
}
