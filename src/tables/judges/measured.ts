import { finiteResult } from "../../data/finite.js";

/** Ends of a 95 % confidence interval. */
export interface MeasuredInterval {
  readonly low: number;
  readonly high: number;
}

/** What a measure says of a table. */
export interface MeasuredValue {
  readonly value: number;
  /** null where statistics give none for this measure. */
  readonly interval: MeasuredInterval | null;
  /** What the value rests on: rows, correlations, counts. */
  readonly details: Readonly<Record<string, number>>;
}

/** Why a measure says nothing of a table. */
export interface NotMeasured {
  readonly value: null;
  readonly reason: string;
}

/** A value, or the reason why there is none. */
export type Measured = MeasuredValue | NotMeasured;

/** A value with all of its numbers finite. */
export function measured(
  name: string,
  value: number,
  interval: MeasuredInterval | null,
  details: Readonly<Record<string, number>>,
): MeasuredValue {
  finiteResult(name, value);
  for (const end of interval ? [interval.low, interval.high] : []) finiteResult(`${name}.interval`, end);
  for (const [key, detail] of Object.entries(details)) finiteResult(`${name}.${key}`, detail);
  return { value, interval, details };
}

/** No value, and why. */
export function notMeasured(reason: string): NotMeasured {
  return { value: null, reason };
}

/** Mean of the values that there are, as SDMetrics averages: what is not defined does not count. */
export function meanMeasured(name: string, of: string, all: readonly Measured[]): Measured {
  const values = all.flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return notMeasured(`no ${of} has a score`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return measured(name, mean, null, { averaged: values.length, leftOut: all.length - values.length });
}
