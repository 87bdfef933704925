/** Rows of float64, for references that are meant to be read. */
export type Matrix = number[][];
export type ReadonlyMatrix = readonly (readonly number[])[];

/** Deterministic numbers in (-1, 1) without structure. */
export const noise = (i: number, j: number) => {
  const x = Math.sin(i * 12.9898 + j * 78.233) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
};
export const matrix = (rows: number, columns: number, entry: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)));
export const multiply = (a: ReadonlyMatrix, b: ReadonlyMatrix): Matrix =>
  matrix(a.length, b[0].length, (i, j) => a[i].reduce((sum, value, k) => sum + value * b[k][j], 0));
export const transpose = (a: ReadonlyMatrix): Matrix => matrix(a[0].length, a.length, (i, j) => a[j][i]);
export const symmetric = (n: number) => matrix(n, n, (i, j) => noise(Math.min(i, j), Math.max(i, j)));
export const largest = (a: Matrix) => Math.max(...a.flat().map(Math.abs));
export const minus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, j) => value - b[i][j]));
