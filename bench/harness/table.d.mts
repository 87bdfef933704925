import type { Row } from "./row.mjs";

export function cells(rows: readonly Row[]): string[][];
export function table(rows: readonly Row[]): string;
