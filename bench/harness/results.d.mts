import type { BenchmarkResult } from "./render.mjs";

export const names: readonly string[];
export function fileOf(name: string): string;
export function committed(name: string): BenchmarkResult | undefined;
export function allCommitted(): BenchmarkResult[];
