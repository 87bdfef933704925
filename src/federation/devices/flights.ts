import { FedscoreError } from "../../errors.js";
import type { DeviceClock, DeviceEvent } from "./device-clock.js";
import type { DeviceProfile } from "./profile.js";
import type { DeviceWork } from "./work.js";

/** Virtual seconds that a device took for its part of a round. */
export interface DeviceTimes {
  readonly download: number;
  readonly compute: number;
  readonly upload: number;
}

/** What a device goes through once parameters are on their way to it. */
export const flightStages = ["download", "compute", "upload"] as const;

/** A device between being asked and its answer: plain data, part of a checkpoint. */
export interface Flight extends DeviceTimes {
  readonly client: number;
  /** Round of the parameters that it starts from. */
  readonly round: number;
  readonly attempt: number;
  readonly stage: (typeof flightStages)[number];
  /** When the stage ends: virtual seconds since the run began. */
  readonly due: number;
  /** Whether nothing comes of it. */
  readonly lost: boolean;
}

/** Virtual seconds of a device's whole part. */
export function durationOf({ download, compute, upload }: DeviceTimes): number {
  return download + compute + upload;
}

/** Where devices and their time are. */
export interface Fleet {
  readonly clock: DeviceClock;
  profileOf(client: number): DeviceProfile;
  /** What a client has to do that starts from the parameters of a round. */
  workOf(client: number, round: number): DeviceWork;
}

/** Devices in flight. The clock is asked for their stages in the order in which these start. */
export class FlightQueue {
  readonly #fleet: Fleet;
  /** A binary heap: the flight that is due first, of several the one of the least client, is no later than its two below. */
  readonly #heap: Flight[] = [];

  constructor(fleet: Fleet, flights: readonly Flight[] = []) {
    this.#fleet = fleet;
    for (const flight of flights) this.#push(flight);
  }

  get size(): number {
    return this.#heap.length;
  }

  /** In ascending client id. */
  get flights(): Flight[] {
    return [...this.#heap].sort((a, b) => a.client - b.client);
  }

  /** Whether a device is there: asked before it takes off. */
  isThere(event: Pick<DeviceEvent, "client" | "round" | "attempt" | "start">): boolean {
    return !timed(this.#fleet, { ...event, kind: "select", bytes: 0, flops: 0 }).lost;
  }

  takeOff({ client, round, attempt, start }: Pick<DeviceEvent, "client" | "round" | "attempt" | "start">): void {
    const { bytesDown } = this.#fleet.workOf(client, round);
    const event = { client, round, attempt, start, bytes: bytesDown, flops: 0 } as const;
    const { seconds, lost } = timed(this.#fleet, { ...event, kind: "download" });
    const times = { download: seconds, compute: 0, upload: 0 };
    this.#push({ client, round, attempt, stage: "download", due: start + seconds, lost, ...times });
  }

  /** The next device that has come to its end, or is lost; undefined where none is in flight. */
  land(): Flight | undefined {
    for (let first = this.#pop(); first; first = this.#pop()) {
      if (first.lost || first.stage === "upload") return first;
      this.#push(this.#onward(first));
    }
    return undefined;
  }

  #onward(flight: Flight): Flight {
    const { client, round, attempt, due: start } = flight;
    const { flops, bytesUp } = this.#fleet.workOf(client, round);
    const kind = flight.stage === "download" ? "compute" : "upload";
    const load = kind === "compute" ? { bytes: 0, flops } : { bytes: bytesUp, flops: 0 };
    const { seconds, lost } = timed(this.#fleet, { kind, client, round, attempt, start, ...load });
    return { ...flight, stage: kind, due: start + seconds, lost, [kind]: seconds };
  }

  #push(flight: Flight): void {
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!isBefore(flight, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = flight;
  }

  #pop(): Flight | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const below = left + 1 < heap.length && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[below], last)) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Flight, b: Flight): boolean {
  return a.due < b.due || (a.due === b.due && a.client < b.client);
}

/** @throws FedscoreError FEDSCORE_WORKER where a clock of the caller's own gives no time. */
function timed({ clock, profileOf }: Fleet, event: Omit<DeviceEvent, "device">): { seconds: number; lost: boolean } {
  const { seconds, lost = false } = clock.next({ ...event, device: profileOf(event.client) });
  if (Number.isFinite(seconds) && seconds >= 0) return { seconds, lost };
  const { kind, client, round } = event;
  const message = `round ${round}: the clock gave ${seconds} seconds for the ${kind} of client ${client}, which must be finite and >= 0`;
  throw new FedscoreError("FEDSCORE_WORKER", message, { round, client, kind, seconds });
}
