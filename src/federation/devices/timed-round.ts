import type { AbsentClient } from "../messages.js";
import { byClient } from "./asked-round.js";
import { durationOf, type Fleet, type Flight, FlightQueue } from "./flights.js";
import type { CompleteDevices } from "./options.js";
import type { ClientTimes, VirtualRound } from "./virtual-round.js";

/** How often a round asks who is there, before it gives up. */
const mostAttempts = 1000;

/** Who is there in a round. */
export interface Presence {
  readonly present: number[];
  readonly away: number[];
  /** How often all were asked before. */
  readonly attempt: number;
}

/** Who of the clients is there when a round asks them. Where that are fewer than are wanted it asks all of them again, at the same time. */
export function presenceIn(
  fleet: Fleet,
  { round, start, wanted }: { readonly round: number; readonly start: number; readonly wanted: number },
  clients: Iterable<number>,
): Presence {
  const queue = new FlightQueue(fleet);
  const all = [...clients];
  for (let attempt = 0; ; attempt++) {
    const present = all.filter((client) => queue.isThere({ client, round, attempt, start }));
    if (present.length < wanted && attempt + 1 < mostAttempts) continue;
    const there = new Set(present);
    return { present, away: all.filter((client) => !there.has(client)), attempt };
  }
}

/** When the updates of a round's clients come. */
export interface TimedRound {
  /** Of those that are late, or lost. */
  readonly absent: readonly AbsentClient[];
  readonly virtual: VirtualRound;
}

/** A round in which all clients start at once: it ends with the last of them, or at the deadline where one is not there by then. */
export function timeRound(
  fleet: Fleet,
  { round, start, attempt }: { readonly round: number; readonly start: number; readonly attempt: number },
  clients: readonly number[],
  { deadline, late }: Pick<CompleteDevices, "deadline" | "late">,
): TimedRound {
  const queue = new FlightQueue(fleet);
  for (const client of clients) queue.takeOff({ client, round, attempt, start });
  const flights: Flight[] = [];
  for (let flight = queue.land(); flight; flight = queue.land()) flights.push(flight);
  const most = late === "drop" && deadline !== undefined ? deadline : Number.POSITIVE_INFINITY;
  const isLate = (flight: Flight) => durationOf(flight) > most;
  const absent = flights.flatMap((flight) => {
    const { client, lost } = flight;
    return lost || isLate(flight) ? [{ client, reason: lost ? ("lost" as const) : ("late" as const) }] : [];
  });
  const seconds = flights.reduce((longest, flight) => Math.max(longest, Math.min(durationOf(flight), most)), 0);
  const last = flights
    .filter((flight) => !flight.lost && !isLate(flight))
    .reduce<Flight | undefined>(
      (longest, flight) => (longest && durationOf(longest) >= durationOf(flight) ? longest : flight),
      undefined,
    );
  return {
    absent: absent.sort(byClient),
    virtual: {
      end: start + seconds,
      seconds,
      ...(last && { last: timesOf(last) }),
      clients: flights.map(timesOf).sort(byClient),
    },
  };
}

export function timesOf({ client, download, compute, upload }: Flight): ClientTimes {
  return { client, download, compute, upload };
}
