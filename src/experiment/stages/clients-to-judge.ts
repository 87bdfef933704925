/** Fewest rows of a client that is judged. */
export const leastClientRows = 10;
/** Most clients that are judged, evenly spread over their sizes. */
const mostClients = 100;

/** Clients with enough rows, the smallest first; of many some, evenly spread, with the smallest and the largest. */
export function clientsToJudge(sizes: readonly number[]): number[] {
  const enough = sizes.flatMap((size, client) => (size >= leastClientRows ? [client] : []));
  const sorted = enough.sort((a, b) => sizes[a] - sizes[b] || a - b);
  if (sorted.length <= mostClients) return sorted;
  return Array.from(
    { length: mostClients },
    (_, place) => sorted[Math.round((place * (sorted.length - 1)) / (mostClients - 1))],
  );
}
