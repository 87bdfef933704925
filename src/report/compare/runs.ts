import type { ExperimentResult } from "../../experiment/result/schema.js";

/** A run among others. */
export interface ComparedRun {
  /** What it is called beside the others. */
  readonly label: string;
  readonly result: ExperimentResult;
}

/** Whether all are of the same data: numbers of different data say nothing of each other. */
export function haveSameData(runs: readonly ComparedRun[]): boolean {
  return runs.every(({ result }) => result.checksums.data === runs[0].result.checksums.data);
}
