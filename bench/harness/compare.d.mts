import type { Entry } from "./contestant.mjs";
import type { Summary } from "./statistics.mjs";

export interface Pace {
  readonly warm: number;
  readonly slice: number;
  readonly rounds: number;
  readonly leastRounds: number;
  readonly patience: number;
  readonly turns?: Map<string, number[]>;
}

export interface ContestResult extends Summary {
  readonly entry: Pick<Entry, "label"> & Partial<Entry>;
  readonly ratio: number;
}

/** What a contest needs of a contestant. */
export interface OpenContestant {
  readonly entry: ContestResult["entry"];
  ask(request: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  close(): void;
}

export const thorough: Pace;
export const quick: Pace;

export class Contest {
  constructor(entries: readonly (Entry | OpenContestant)[], pace: Pace);
  versions(): Promise<Record<string, string>>;
  run(workload: string, params: unknown, tolerance: number): Promise<ContestResult[]>;
  close(): void;
}

export function fastest<T extends { readonly best: number }>(results: readonly T[]): T | undefined;
