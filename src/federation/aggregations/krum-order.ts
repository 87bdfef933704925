import type { SingleUpdate } from "./aggregation.js";
import { squaredPairDistance } from "./distance.js";

/** Fewest updates among which Krum withstands so many attackers: n >= 2 f + 3. */
export const leastFor = (attackers: number): number => 2 * attackers + 3;

/**
 * Numbers of the updates from the best score to the worst; of equal scores the first client's comes first. The score of an update is the sum of its
 * squared distances to its n - f - 2 nearest others.
 */
export function krumOrder(updates: readonly SingleUpdate[], attackers: number): number[] {
  const nearest = updates.length - attackers - 2;
  const distances = updates.map(() => new Float64Array(updates.length));
  for (let a = 0; a < updates.length; a++) {
    for (let b = 0; b < a; b++) {
      const distance = squaredPairDistance(updates[a], updates[b]);
      distances[a][b] = distance;
      distances[b][a] = distance;
    }
  }
  const scores = distances.map((row, own) => {
    const others = row.filter((_, other) => other !== own).sort();
    let score = 0;
    for (let i = 0; i < nearest; i++) score += others[i];
    return score;
  });
  // Not by a difference, which is NaN between two infinite scores.
  return scores
    .map((_, index) => index)
    .sort((a, b) => (scores[a] < scores[b] ? -1 : scores[a] > scores[b] ? 1 : a - b));
}
