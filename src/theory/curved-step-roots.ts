import { levelOfStart, startStride, stepsFrom } from "./curved-gaps.js";

/** Costs of shorter steps are kept at so many lengths. */
const shortLengths = 64;

/** Cube roots of the costs of steps from one start. */
interface RootsOfStart {
  /** Of the lengths k / 64, in places. */
  readonly short: Float64Array;
  /** Of the whole lengths from 0 on. */
  readonly long: Float64Array;
}

/** Cube root of the cost of a step from a place on, of a length in places. */
export type StepRoot = (start: number, length: number) => number;

/**
 * What steps between any two places cost, from those of a table. Short steps cost like the cube of their length, so cube roots are interpolated, linearly
 * between starts and from one whole length to the next, and as powers below.
 * @param means of `curvedGapSums` over rows. @param logSnr of its levels.
 */
export function curvedStepRoots(means: Float64Array, logSnr: Float64Array): StepRoot {
  const table = rootsOf(means, logSnr);
  return (start, length) => {
    const at = start / startStride;
    const first = Math.min(table.length - 2, Math.max(0, Math.floor(at)));
    const share = at - first;
    return Math.max(0, (1 - share) * rootOf(table[first], length) + share * rootOf(table[first + 1], length));
  };
}

function rootsOf(means: Float64Array, logSnr: Float64Array): RootsOfStart[] {
  const snr = logSnr.map(Math.exp);
  const covariances = means.subarray(means.length / 2);
  const starts = (logSnr.length - 1) / levelOfStart(1);
  let pair = 0;
  return Array.from({ length: starts }, (_, start) => {
    const own = {
      short: new Float64Array(shortLengths + 1),
      long: new Float64Array((starts - start) * startStride + 1),
    };
    let [last, root, width, gap, integral] = [0, 0, 0, 0, 0];
    for (const { end, length } of stepsFrom(start, starts)) {
      const [beforeRoot, before, low] = [root, width, gap];
      width = snr[end] - snr[levelOfStart(start)];
      gap = means[pair];
      integral += before === 0 ? (gap * width) / 3 : powerIntegral(before, width, low, gap);
      root = Math.cbrt(0.5 * integral + covariances[pair]);
      if (length <= 1) fillPowers(own.short, last, length, beforeRoot, root);
      else fillLine(own.long, last, length, beforeRoot, root);
      if (length === 1) own.long[1] = root;
      last = length;
      pair++;
    }
    return own;
  });
}

/** Integral over [a, b] of a power of the variable that has these values at the ends. */
function powerIntegral(a: number, b: number, low: number, high: number): number {
  if (!(low > 0 && high > 0)) return 0.5 * (b - a) * (low + high);
  const next = 1 + Math.log(high / low) / Math.log(b / a);
  return Math.abs(next) < 1e-6 ? a * low * Math.log(b / a) : (b * high - a * low) / next;
}

function fillPowers(out: Float64Array, from: number, to: number, low: number, high: number): void {
  for (let k = Math.floor(from * shortLengths) + 1; k <= to * shortLengths; k++) {
    const length = k / shortLengths;
    const power = low > 0 && high > 0 ? Math.log(high / low) / Math.log(to / from) : 1;
    out[k] = high * (length / to) ** power;
  }
}

function fillLine(out: Float64Array, from: number, to: number, low: number, high: number): void {
  for (let length = from + 1; length <= to; length++)
    out[length] = low + ((length - from) / (to - from)) * (high - low);
}

function rootOf({ short, long }: RootsOfStart, length: number): number {
  if (length < 1) return between(short, length * shortLengths);
  return between(long, length);
}

function between(values: Float64Array, place: number): number {
  const at = Math.min(Math.floor(place), values.length - 2);
  return values[at] + (place - at) * (values[at + 1] - values[at]);
}
