import { type Engine, Purpose, type StreamKey, words } from "../kernels/index.js";

/** How many clients are asked in a round: round(participation * clients) of them, at least 1. */
export function participantCount(clients: number, participation: number): number {
  return Math.min(clients, Math.max(1, Math.round(participation * clients)));
}

/**
 * The clients of a round, ascending: `participantCount` of them, every subset of that size equally likely.
 */
export function selectParticipants(
  engine: Engine,
  clients: number,
  participation: number,
  seed: number,
  round: number,
): Uint32Array {
  const count = participantCount(clients, participation);
  return drawClients(engine, clients, count, { seed, round, purpose: Purpose.participation });
}

/**
 * Some of the clients, ascending, every subset of that size equally likely: those with the smallest random words of the key, a tie (once in
 * 2^32) going to the smaller id.
 */
export function drawClients(engine: Engine, clients: number, count: number, key: StreamKey): Uint32Array {
  const all = Uint32Array.from({ length: clients }, (_, id) => id);
  if (count >= clients) return all;
  const draws = words(engine, clients, key);
  return all
    .sort((a, b) => draws[a] - draws[b] || a - b)
    .slice(0, count)
    .sort();
}
