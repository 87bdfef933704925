/** Compares a fresh run with the committed results: ratios survive a change of machine, seconds do not. */

/** What counts as noise: the quartiles' distance of both runs, and never less than this share. */
const leastNoise = 0.15;

/** The same row of another run. Rows that share a name differ in their peer; a row alone with its name may have met another peer. */
function before({ name, peer }, rows) {
  const named = rows.filter((row) => row.name === name);
  return named.find((row) => row.peer === peer) ?? (named.length === 1 ? named[0] : undefined);
}

/** One line for each row whose ratio got worse beyond the noise. */
export function regressions(fresh, committed) {
  return fresh.rows.flatMap((row) => {
    const old = before(row, committed.rows);
    if (old?.ratio === undefined || row.ratio === undefined) return [];
    const noise = Math.max(leastNoise, 2 * ((old.spread ?? 0) + (row.spread ?? 0)));
    const smallerIsBetter = old.target?.startsWith("ratio <=") ?? false;
    const change = row.ratio / old.ratio - 1;
    const worse = smallerIsBetter ? change : -change;
    if (worse <= noise) return [];
    const percent = `${(100 * change).toFixed(0)} %, noise ${(100 * noise).toFixed(0)} %`;
    return [
      `${fresh.name}: ${row.name}: ratio ${old.ratio.toFixed(2)} before, ${row.ratio.toFixed(2)} now (${percent})`,
    ];
  });
}
