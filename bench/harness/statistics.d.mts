export interface Summary {
  readonly best: number;
  readonly median: number;
  readonly spread: number;
}

export function quantile(values: readonly number[], share: number): number;
export function median(values: readonly number[]): number;
export function summary(seconds: readonly number[]): Summary;
