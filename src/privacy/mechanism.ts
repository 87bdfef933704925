import { requireArray, requireInteger, requireNumber } from "../errors.js";
import { keysOf, requireOptions } from "../options.js";

/**
 * Some steps, in each of which every unit that is protected (a client, a record) takes part on its own with the same probability and adds a vector of
 * norm at most C to a sum that is released with noise N(0, (noiseMultiplier C)^2) on each entry: the sampled Gaussian mechanism, arXiv 1908.10530.
 */
export interface SampledGaussian {
  /** Probability of a unit to take part in a step, in [0, 1]: q of the paper. */
  readonly sampleRate: number;
  /** Standard deviation of the noise over C, in [1e-100, 1e100], whose squares are float64: sigma of the paper. */
  readonly noiseMultiplier: number;
  /** Steps, an integer >= 0. */
  readonly steps: number;
}

const mechanismKeys = keysOf<SampledGaussian>({ sampleRate: true, noiseMultiplier: true, steps: true });

/**
 * The mechanisms that release anything, those with the same rate and noise as one.
 * @throws ArgumentError or ArgumentTypeError naming what is out of range.
 */
export function requireMechanisms(argument: string, mechanisms: readonly SampledGaussian[]): SampledGaussian[] {
  requireArray(argument, mechanisms);
  const steps = new Map<string, SampledGaussian>();
  for (const [index, mechanism] of mechanisms.entries()) {
    const each = requireMechanism(`${argument}[${index}]`, mechanism);
    if (each.sampleRate === 0 || each.steps === 0) continue;
    const key = `${each.sampleRate} ${each.noiseMultiplier}`;
    const before = steps.get(key)?.steps ?? 0;
    steps.set(key, { ...each, steps: requireInteger(`${argument}[${index}].steps`, before + each.steps, 0) });
  }
  return [...steps.values()];
}

/** @throws ArgumentError or ArgumentTypeError naming what is out of range. */
export function requireMechanism(argument: string, mechanism: SampledGaussian): SampledGaussian {
  const { sampleRate, noiseMultiplier, steps } = requireOptions(argument, mechanism, mechanismKeys);
  requireNumber(`${argument}.sampleRate`, sampleRate, "must lie in [0, 1]", (value) => value >= 0 && value <= 1);
  const isInRange = (value: number) => value >= 1e-100 && value <= 1e100;
  requireNumber(`${argument}.noiseMultiplier`, noiseMultiplier, "must lie in [1e-100, 1e100]", isInRange);
  requireInteger(`${argument}.steps`, steps, 0);
  return { sampleRate, noiseMultiplier, steps };
}

/** @throws ArgumentError or ArgumentTypeError unless it is a probability between 0 and 1. */
export function requireDelta(delta: number): number {
  return requireNumber("delta", delta, "must lie in (0, 1)", (value) => value > 0 && value < 1);
}
