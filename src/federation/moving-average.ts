import type { AverageRule } from "./averages/average.js";

/**
 * Moving average of the server's parameters, its weights normalized as in Adam's bias correction
 * (arXiv 1412.6980, section 3): after the first round it is that round's parameters, and the start never counts.
 */
export interface MovingAverage {
  /** float64 [P]. */
  readonly values: Float64Array;
  /** 1 minus the product of all decays: 0 before the first round. */
  readonly weight: number;
}

export function emptyAverage(length: number): MovingAverage {
  return { values: new Float64Array(length), weight: 0 };
}

/**
 * The average with one more round in it, of which `decay` of the rounds before is kept.
 * @param values copy of the average's, float64 [P], which becomes the new one's.
 */
export function averageWith(
  before: MovingAverage,
  parameters: Float32Array,
  decay: number,
  values: Float64Array = before.values.slice(),
): MovingAverage {
  const weight = nextWeight(before.weight, decay);
  const share = (1 - decay) / weight;
  for (let i = 0; i < values.length; i++) values[i] += share * (parameters[i] - values[i]);
  return { weight, values };
}

/** The weight of an average after so many rounds, to the bit; 0 where none is kept. */
export function weightAfter(rounds: number, rule: AverageRule | undefined): number {
  let weight = 0;
  if (rule) for (let round = 0; round < rounds; round++) weight = nextWeight(weight, rule.decay(round));
  return weight;
}

function nextWeight(weight: number, decay: number): number {
  return decay * weight + (1 - decay);
}
