/** From here on doubles are no finer than integers: what is larger lies on no grid. */
const largest = 2 ** 53;

/** The multiple of 1 / unit that is closest, as the double closest to it: the quotient of two exact numbers is rounded once. */
export function onGrid(value: number, unit: number | undefined): number {
  if (unit === undefined) return value + 0;
  const multiple = Math.round(value * unit);
  return Math.abs(multiple) < largest ? multiple / unit + 0 : value;
}

/** The value on its grid and between its bounds. */
export function within(
  value: number,
  { unit, minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE }: Limits,
): number {
  return Math.min(maximum, Math.max(minimum, onGrid(value, unit)));
}

/** The numbers that a column may hold. */
export interface Limits {
  readonly unit?: number | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}
