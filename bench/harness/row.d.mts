import type { ContestResult } from "./compare.mjs";

export interface Row {
  readonly name: string;
  readonly value?: number;
  readonly unit?: string;
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
  readonly target?: string;
  readonly met?: boolean;
  readonly spread?: number;
  readonly median?: number;
  readonly peerMedian?: number;
  readonly note?: string;
  readonly skipped?: string;
}

export function row(line: Omit<Row, "met" | "skipped">): Row;
export function skipped(name: string, target: string | undefined, reason: string): Row;
export function against(
  name: string,
  unit: string,
  value: (seconds: number) => number,
  ours: ContestResult,
  peer: ContestResult,
  target?: string,
  more?: Partial<Row>,
): Row;
