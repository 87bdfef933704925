import { FedscoreError } from "../errors.js";

/** Index of the first NaN or Infinity, or -1. */
export function firstNonFinite(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * 0;
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}

/** The value of a finite computation; throws FEDSCORE_NON_FINITE, naming it, where no float64 number holds it. */
export function finiteResult(name: string, value: number): number {
  if (Number.isFinite(value)) return value;
  const message = `${name} of these arguments is ${value}: it is beyond float64, whose largest number is about 1.8e308`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { name, value });
}

/** The same of each entry of a result; the message names the first that is not finite. */
export function finiteEntries<T extends Float32Array | Float64Array>(name: string, values: T): T {
  const bad = firstNonFinite(values);
  if (bad < 0) return values;
  const [type, largest] = values instanceof Float32Array ? ["float32", "3.4e38"] : ["float64", "1.8e308"];
  const message = `${name}[${bad}] of these arguments is ${values[bad]}: it is beyond ${type}, whose largest number is about ${largest}`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { name, index: bad, value: values[bad] });
}
