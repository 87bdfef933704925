import type { Row } from "./row.mjs";

export interface BenchmarkResult {
  readonly name: string;
  readonly title: string;
  readonly hardware: string;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly date: string;
  readonly commit?: string;
  readonly rows: readonly Row[];
  readonly series?: readonly Readonly<Record<string, number | string>>[];
}

export function benchmarkFiles(results: readonly BenchmarkResult[]): Record<string, string>;
export function renderBenchmarks(results: readonly BenchmarkResult[]): Promise<void>;
