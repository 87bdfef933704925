import { along, type QuantileMap } from "../encoding/quantile-map.js";

/** An increasing map of scores, straight between its knots and of slope 1 beyond them: plain data. */
export interface ScoreMap {
  /** Ascending: what the generator draws. */
  readonly drawn: readonly number[];
  /** Ascending: what it is read as. */
  readonly scores: readonly number[];
}

/** Draws from which on quantiles are told. */
const fewestDraws = 100;

/**
 * The map under which numbers come out with the shares of their quantile map: a draw that exceeds a share of all draws is read as where the values that make up this
 * share end, halfway to the next one. Undefined for fewer than 100 draws.
 */
export function fitScoreMap({ normals, counts }: QuantileMap, draws: Float64Array): ScoreMap | undefined {
  if (draws.length < fewestDraws || normals.length < 2) return undefined;
  const ascending = draws.slice().sort();
  const total = counts.reduce((sum, count) => sum + count, 0);
  const knots = [{ share: 0, score: normals[0] ?? 0 }];
  let below = 0;
  for (const [index, count] of counts.entries()) {
    const next = normals[index + 1];
    if (next === undefined) break;
    below += count;
    knots.push({ share: below / total, score: ((normals[index] ?? 0) + next) / 2 });
  }
  knots.push({ share: 1, score: normals.at(-1) ?? 0 });
  const [drawn, scores]: [number[], number[]] = [[], []];
  for (const { share, score } of knots) {
    const draw = quantile(ascending, share);
    if (draw <= (drawn.at(-1) ?? -Infinity)) continue;
    drawn.push(draw);
    scores.push(score);
  }
  return drawn.length < 2 ? undefined : { drawn, scores };
}

/** Halfway between the draws on either side of a share; its ends are the first and the last draw. */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * ascending.length;
  const below = ascending[Math.max(0, Math.ceil(place) - 1)] ?? 0;
  const above = ascending[Math.min(ascending.length - 1, Math.floor(place))] ?? 0;
  return (below + above) / 2;
}

/** Where a score is read. */
export function mappedScore({ drawn, scores }: ScoreMap, score: number): number {
  const [first = 0, last = 0] = [drawn[0], drawn.at(-1)];
  if (score <= first) return (scores[0] ?? 0) + score - first;
  if (score >= last) return (scores.at(-1) ?? 0) + score - last;
  return along(drawn, scores, score);
}
