/** Units before the first look at the precision; each further look doubles them. */
const firstLook = 512;

/** Units of the waves between two looks at the precision; without one, all at once. */
export function looksOf(units: number, strata: number, precision: number | undefined): number[] {
  if (precision === undefined) return [units];
  const waves = [Math.min(units, Math.max(firstLook, 2 * strata))];
  for (let done = waves[0]; done < units; done *= 2) waves.push(Math.max(strata, Math.min(done, units - done)));
  return waves;
}
