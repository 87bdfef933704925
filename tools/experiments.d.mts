import type { SweepResult } from "../src/experiment/sweep/result.js";

export function figuresOf(
  result: SweepResult,
  renderSweepSvg: (result: SweepResult, index?: number) => string,
): Record<string, string>;
export function experimentsPage(results: Record<string, SweepResult>): string;
export function committedResults(): Record<string, SweepResult>;
