import type { Interval } from "./bound.js";
import { requireConfidence } from "./confidence.js";
import { RunningMoments } from "./running-moments.js";
import { upperEnd } from "./upper-end.js";

/** The mean of independent rows, and how far up their law's mean may be. */
export interface RowMean {
  readonly mean: number;
  /** One-sided upper confidence end: that of `upperEnd`, and not below the mean. */
  readonly upper: number;
  /** No row exceeds the center by more. */
  readonly ceiling: number;
  /** Student's, two-sided: an estimate of the noise. */
  readonly interval: Interval;
}

/** Share of the rows that gives center and scale of the others, and none of the evidence. */
const pilotShare = 1 / 8;

/** Mean and end over at least two rows. The first rows are the pilot, so that center and scale do not depend on the evidence. */
export function meanWithEnd(rows: Float64Array, confidence: number): RowMean {
  requireConfidence(confidence, 0);
  const pilot = rows.subarray(0, Math.floor(pilotShare * rows.length));
  const evidence = rows.subarray(pilot.length);
  const center = pilot.length === 0 ? 0 : pilot.slice().sort()[pilot.length >> 1];
  const scale = pilot.reduce((most, value) => Math.max(most, Math.abs(value - center)), 0);
  const count = evidence.length;
  const contributions = evidence.map((value) => (value - center) / count);
  const { margin, ceiling } = upperEnd(contributions, scale / count, 1 - confidence);
  const moments = new RunningMoments();
  for (const value of rows) moments.add(value);
  const end = center + contributions.reduce((sum, value) => sum + value, 0) + margin;
  return {
    mean: moments.mean,
    upper: Math.max(moments.mean, end),
    ceiling: ceiling * count,
    interval: moments.interval(confidence),
  };
}
