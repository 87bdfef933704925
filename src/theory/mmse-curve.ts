import { finiteEntries } from "../data/finite.js";
import {
  ArgumentError,
  requireArray,
  requireLength,
  requireList,
  requireNumber,
  requireNumbers,
  requireObject,
  requireTyped,
} from "../errors.js";

/** mmse(snr) = E|X_0 - E[X_0 | X_t]|^2 at increasing snr: non-increasing, in squared data units. */
export interface MmseCurve {
  /** Strictly increasing. */
  readonly snr: Float64Array;
  readonly mmse: Float64Array;
  /** Integral of mmse d(snr) from snr[0] to snr[i]: by I-MMSE twice the information gained. */
  readonly integral: Float64Array;
  /** The same of each coordinate, [d] of float64 like `mmse`, which is their sum; where grids need them whose steps have a variance for each. */
  readonly coordinates?: readonly Float64Array[] | undefined;
}

/**
 * A curve from its points. The integral is exact for mmse linear in log snr between the points when `integral` is absent;
 * a closed form may be given instead.
 */
export function mmseCurve(snr: Float64Array, mmse: Float64Array, integral?: Float64Array): MmseCurve {
  for (const [argument, values] of Object.entries({ snr, mmse })) {
    requireTyped(argument, values, Float64Array);
    requireNumbers(argument, values);
  }
  requireLength("mmse", mmse, snr.length);
  for (let i = 0; i < snr.length; i++) {
    const value = mmse[i] as number;
    if (i > 0 && !((snr[i] as number) > (snr[i - 1] as number))) {
      throw new ArgumentError(`snr[${i}]`, `must exceed snr[${i - 1}]`, snr[i]);
    }
    if (!(value >= 0) || (i > 0 && value > (mmse[i - 1] as number) * (1 + 1e-12))) {
      throw new ArgumentError(`mmse[${i}]`, "must be non-negative and not above its predecessor", value);
    }
  }
  if (integral === undefined) return { snr, mmse, integral: finiteEntries("integral", integrate(snr, mmse)) };
  requireTyped("integral", integral, Float64Array);
  requireLength("integral", integral, snr.length);
  return { snr, mmse, integral: finiteEntries("integral", integral) };
}

/** Throws unless value is a curve: three float64 arrays of one length, at least 2, and as many a coordinate where it has coordinates. */
export function requireCurve(curve: MmseCurve): MmseCurve {
  const { snr, mmse, integral, coordinates } = requireObject("curve", curve);
  for (const [key, values] of Object.entries({ snr, mmse, integral })) {
    requireTyped(`curve.${key}`, values, Float64Array);
    requireLength(`curve.${key}`, values, snr.length);
  }
  if (coordinates !== undefined) {
    requireArray("curve.coordinates", coordinates);
    coordinates.forEach((values, j) => {
      requireTyped(`curve.coordinates[${j}]`, values, Float64Array);
      requireLength(`curve.coordinates[${j}]`, values, snr.length);
    });
  }
  if (snr.length < 2) throw new ArgumentError("curve.snr", "must have at least 2 entries", snr.length);
  return curve;
}

/** The curve of N(mean, diag(variances)): mmse = sum v / (1 + snr v), its integral sum log(1 + snr v). */
export function gaussianMmseCurve(variances: ArrayLike<number>, snr: Float64Array): MmseCurve {
  requireList("variances", variances);
  for (let j = 0; j < variances.length; j++)
    requireNumber(`variances[${j}]`, variances[j], "must be >= 0", (value) => value >= 0);
  requireTyped("snr", snr, Float64Array);
  if (snr.length === 0) throw new ArgumentError("snr", "must have at least one entry", 0);
  const mmse = new Float64Array(snr.length);
  const information = new Float64Array(snr.length);
  for (let i = 0; i < snr.length; i++) {
    for (let j = 0; j < variances.length; j++) {
      const signal = (snr[i] as number) * (variances[j] as number);
      mmse[i] = (mmse[i] as number) + (variances[j] as number) / (1 + signal);
      information[i] = (information[i] as number) + Math.log1p(signal);
    }
  }
  const start = information[0] as number;
  return mmseCurve(
    snr,
    mmse,
    information.map((value) => value - start),
  );
}

/**
 * The curve at other, increasing snr inside its range, mmse linear in log snr between its points; its integral goes on from the curve's.
 */
export function curveAt(curve: MmseCurve, snr: Float64Array): MmseCurve {
  const places = placesOf(curve.snr, snr);
  const mmse = interpolated(curve.snr, curve.mmse, places);
  const integral = Float64Array.from(places, ({ at, inside }, i) => {
    const [a, b] = [curve.snr[at - 1], curve.snr[at]];
    const [high, low] = [curve.mmse[at - 1], curve.mmse[at]];
    const whole = cellIntegral(a, b, high, low);
    const part = inside > a ? cellIntegral(a, inside, high, mmse[i]) : 0;
    // The curve's own integral may be a closed form: the share of a cell is that of the interpolation.
    const width = curve.integral[at] - curve.integral[at - 1];
    return curve.integral[at - 1] + (whole > 0 ? (width * part) / whole : 0);
  });
  const coordinates = curve.coordinates?.map((values) => interpolated(curve.snr, values, places));
  return { ...mmseCurve(snr, mmse, integral), ...(coordinates && { coordinates }) };
}

/** Where a number lies among increasing ones: in the cell that ends at the `at`-th. */
interface Place {
  readonly at: number;
  /** The number, or the end of the range that it lies beyond. */
  readonly inside: number;
}

function placesOf(points: Float64Array, snr: Float64Array): Place[] {
  const last = points.length - 1;
  let at = 1;
  return Array.from(snr, (value) => {
    while (at < last && points[at] < value) at++;
    return { at, inside: Math.min(Math.max(value, points[at - 1]), points[at]) };
  });
}

/** Values at the points, linear in their logarithm between them. */
function interpolated(points: Float64Array, values: Float64Array, places: readonly Place[]): Float64Array {
  return Float64Array.from(places, ({ at, inside }) => {
    const [high, low] = [values[at - 1], values[at]];
    return high - ((high - low) * Math.log(inside / points[at - 1])) / Math.log(points[at] / points[at - 1]);
  });
}

function integrate(snr: Float64Array, mmse: Float64Array): Float64Array {
  const integral = new Float64Array(snr.length);
  for (let i = 1; i < snr.length; i++) {
    const [a, b] = [snr[i - 1] as number, snr[i] as number];
    const [high, low] = [mmse[i - 1] as number, mmse[i] as number];
    integral[i] = (integral[i - 1] as number) + cellIntegral(a, b, high, low);
  }
  return integral;
}

/** Integral of high - (high - low) log(s / a) / log(b / a) over s from a to b. */
function cellIntegral(a: number, b: number, high: number, low: number): number {
  const mean = b / (b - a) - 1 / Math.log(b / a);
  return (b - a) * (high - (high - low) * mean);
}
