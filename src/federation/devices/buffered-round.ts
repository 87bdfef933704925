import { type Engine, Purpose, RandomStream } from "../../kernels/index.js";
import type { AbsentClient } from "../messages.js";
import { byClient } from "./asked-round.js";
import { type Fleet, type Flight, FlightQueue } from "./flights.js";
import type { CompleteAsynchronous } from "./options.js";
import { timesOf } from "./timed-round.js";
import type { ClientTimes, VirtualRound } from "./virtual-round.js";

/** How many clients in a row may be away before the server waits for the next update. */
const mostAway = 1000;

/** What decides who trains in asynchronous rounds. */
export interface BufferedSettings extends CompleteAsynchronous {
  readonly seed: number;
  /** Clients of the federation. */
  readonly clients: number;
}

/** The updates of one move of the server. */
export interface BufferedRound {
  /** Those in the buffer, in ascending client id: the round that each started from. */
  readonly updates: readonly { readonly client: number; readonly round: number }[];
  /** Clients that ended without one. */
  readonly absent: readonly AbsentClient[];
  /** Of all clients that ended, the round that each started from. */
  readonly started: ReadonlyMap<number, number>;
  /** Devices still in flight. */
  readonly flights: readonly Flight[];
  readonly virtual: VirtualRound;
}

/**
 * The time from one move of the server to the next: FedBuff, arXiv 2106.06639, algorithm 1. Whenever fewer clients train than may, one that does
 * not, and has not ended since the server's last move, is drawn and starts from the server's parameters; the server moves when the buffer is full. So
 * a client is in a buffer once at most, and starts once at most from the same parameters. The buffer stays short where nobody is left.
 */
export function fillBuffer(
  engine: Engine,
  fleet: Fleet,
  { seed, clients, bufferSize, concurrency, maxStaleness = Number.POSITIVE_INFINITY }: BufferedSettings,
  { round, start, flights }: { readonly round: number; readonly start: number; readonly flights: readonly Flight[] },
): BufferedRound {
  const queue = new FlightQueue(fleet, flights);
  const draws = new RandomStream(engine, { seed, purpose: Purpose.participation, round, step: 1 });
  const idle = new IdleClients(clients, flights);
  const updates: Flight[] = [];
  const absent: AbsentClient[] = [];
  const times: ClientTimes[] = [];
  const started = new Map<number, number>();
  let [now, attempt] = [start, 0];
  while (updates.length < bufferSize) {
    for (let away = 0; queue.size < concurrency && idle.size > 0 && away < mostAway; attempt++) {
      const client = idle.draw(draws);
      const event = { client, round, attempt, start: now };
      if (queue.isThere(event)) {
        idle.remove(client);
        queue.takeOff(event);
      } else away++;
    }
    const flight = queue.land();
    if (!flight) break;
    now = flight.due;
    const staleness = round - flight.round;
    times.push({ ...timesOf(flight), staleness });
    started.set(flight.client, flight.round);
    if (flight.lost) absent.push({ client: flight.client, reason: "lost" });
    else if (staleness > maxStaleness)
      absent.push({ client: flight.client, reason: "late", message: `stale by ${staleness}` });
    else updates.push(flight);
  }
  const last = times.find(({ client }) => client === updates.at(-1)?.client);
  return {
    updates: updates.map((flight) => ({ client: flight.client, round: flight.round })).sort(byClient),
    absent: absent.sort(byClient),
    started,
    flights: queue.flights,
    virtual: { end: now, seconds: now - start, ...(last && { last }), clients: times.sort(byClient) },
  };
}

/** Clients that may be drawn. */
class IdleClients {
  readonly #ids: Uint32Array;
  readonly #places: Uint32Array;
  #size: number;

  constructor(clients: number, flights: readonly Flight[]) {
    this.#ids = Uint32Array.from({ length: clients }, (_, client) => client);
    this.#places = this.#ids.slice();
    this.#size = clients;
    for (const { client } of flights) this.remove(client);
  }

  get size(): number {
    return this.#size;
  }

  draw(random: RandomStream): number {
    return this.#ids[random.integer(this.#size)];
  }

  remove(client: number): void {
    const place = this.#places[client];
    const last = this.#ids[--this.#size];
    this.#ids[place] = last;
    this.#places[last] = place;
  }
}
