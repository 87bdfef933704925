import { type Engine, Purpose, words } from "../kernels/index.js";

/** How many clients are asked in a round: round(participation * clients) of them, at least 1. */
export function participantCount(clients: number, participation: number): number {
  return Math.min(clients, Math.max(1, Math.round(participation * clients)));
}

/**
 * The clients of a round, ascending: `participantCount` of them, every subset of that size equally
 * likely. Those with the smallest random words of (seed, round), a tie (once in 2^32) going to the smaller id.
 */
export function selectParticipants(
  engine: Engine,
  clients: number,
  participation: number,
  seed: number,
  round: number,
): Uint32Array {
  const all = Uint32Array.from({ length: clients }, (_, id) => id);
  const count = participantCount(clients, participation);
  if (count >= clients) return all;
  const draws = words(engine, clients, { seed, round, purpose: Purpose.participation });
  return all
    .sort((a, b) => draws[a] - draws[b] || a - b)
    .slice(0, count)
    .sort();
}
