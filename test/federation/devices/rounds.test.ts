import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillBuffer } from "../../../src/federation/devices/buffered-round.js";
import type { DeviceClock, DeviceEvent } from "../../../src/federation/devices/device-clock.js";
import type { Fleet } from "../../../src/federation/devices/flights.js";
import { presenceIn, timeRound } from "../../../src/federation/devices/timed-round.js";
import { createVirtualClock } from "../../../src/federation/devices/virtual-clock.js";
import { emptyTotals, withRound } from "../../../src/federation/devices/virtual-totals.js";
import { simdEngine } from "../../support/engines.js";

const engine = await simdEngine();
const device = { name: "board", share: 1, flopsPerSecond: 10, memoryBytes: 1, uplink: 2, downlink: 4, availability: 1 };

/** Client n has n + 1 times the work of client 0: 1 second down, 2 to train, 3 up. */
const fleetOf = (clock: DeviceClock, availability = 1): Fleet => ({
  clock,
  profileOf: () => ({ ...device, availability }),
  workOf: (client) => ({ bytesDown: 4 * (client + 1), flops: 20 * (client + 1), bytesUp: 6 * (client + 1) }),
});
const fleet = fleetOf(createVirtualClock(engine, 1));
const from = { round: 3, start: 100, attempt: 0 };

describe("a round in which all start at once", () => {
  it("lasts as long as its slowest client: bytes over the line's rate and operations over the device's", () => {
    const { absent, virtual } = timeRound(fleet, from, [0, 1], { late: "drop" });
    const last = { client: 1, download: 2, compute: 4, upload: 6 };
    expect(absent).toEqual([]);
    expect(virtual).toEqual({
      ...{ end: 112, seconds: 12, last },
      clients: [{ client: 0, download: 1, compute: 2, upload: 3 }, last],
    });
  });

  it("ends at the deadline, to which a client that needs all of it is in time, or waits", () => {
    const dropped = timeRound(fleet, from, [0, 1, 2], { late: "drop", deadline: 12 });
    expect(dropped.absent).toEqual([{ client: 2, reason: "late" }]);
    expect(dropped.virtual).toMatchObject({ seconds: 12, end: 112, last: { client: 1 } });
    const waited = timeRound(fleet, from, [0, 1, 2], { late: "wait", deadline: 12 });
    expect([waited.absent, waited.virtual.seconds]).toEqual([[], 18]);
    expect(timeRound(fleet, from, [2], { late: "drop", deadline: 12 }).virtual).not.toHaveProperty("last");
  });

  it("waits for the late: what it lasted beyond its last update", () => {
    const { virtual } = timeRound(fleet, from, [0, 2], { late: "drop", deadline: 12 });
    const once = { rounds: 1, seconds: 12, download: 1, compute: 2, upload: 3, waiting: 6 };
    expect(withRound(emptyTotals, virtual)).toEqual(once);
    const stale = { client: 0, download: 4, compute: 4, upload: 4, staleness: 1 };
    expect(withRound(emptyTotals, { seconds: 20, last: stale }).waiting).toBe(0);
    expect(withRound(emptyTotals, { seconds: 5 }).waiting).toBe(5);
  });

  it("asks a clock of one's own in the order of time, and believes what it loses", () => {
    const asked: DeviceEvent[] = [];
    const own: DeviceClock = {
      next(event) {
        asked.push(event);
        return { seconds: event.client + 1, lost: event.client === 1 && event.kind === "compute" };
      },
    };
    const { absent, virtual } = timeRound(fleetOf(own), from, [0, 1], { late: "drop" });
    expect(absent).toEqual([{ client: 1, reason: "lost" }]);
    expect(virtual).toMatchObject({ seconds: 4, last: { client: 0 } });
    expect(asked.map(({ kind, client, start }) => `${kind} ${client} ${start}`)).toEqual([
      ...["download 0 100", "download 1 100", "compute 0 101", "upload 0 102", "compute 1 102"],
    ]);
    expect(asked[0]).toEqual({ kind: "download", client: 0, device, ...from, bytes: 4, flops: 0 });
    expect(asked[2]).toMatchObject({ bytes: 0, flops: 20 });
    const broken = { next: () => ({ seconds: Number.NaN }) };
    expect(() => timeRound(fleetOf(broken), from, [0], { late: "drop" })).toThrow(
      "round 3: the clock gave NaN seconds for the download of client 0",
    );
  });

  it("has as many clients as their availability says, and asks again where too few are there", () => {
    const clients = Array.from({ length: 4000 }, (_, client) => client);
    const rare = fleetOf(createVirtualClock(engine, 5), 0.3);
    const { present, away, attempt } = presenceIn(rare, { round: 0, start: 0, wanted: 1 }, clients);
    // Four standard deviations of a binomial law.
    expect(Math.abs(present.length - 1200)).toBeLessThan(4 * Math.sqrt(4000 * 0.3 * 0.7));
    expect([present.length + away.length, attempt]).toEqual([4000, 0]);
    const next = presenceIn(rare, { round: 1, start: 0, wanted: 1 }, clients.slice(0, 100));
    expect(next.present).not.toEqual(present.filter((client) => client < 100));
    const alone = Array.from({ length: 50 }, (_, round) => presenceIn(rare, { round, start: 0, wanted: 1 }, [7]));
    expect(alone.every(({ present }) => present.length === 1)).toBe(true);
    expect(alone.some((each) => each.attempt > 2)).toBe(true);
  });
});

describe("asynchronous rounds", () => {
  const settings = { seed: 1, clients: 3, bufferSize: 1, concurrency: 3, staleness: "sqrt" } as const;

  it("end with the update that fills the buffer; the others fly on and grow stale", () => {
    // Clients end after 6, 12 and 18 seconds, and start again at once.
    let state = { start: 0, flights: [] as ReturnType<typeof fillBuffer>["flights"] };
    const rounds = Array.from({ length: 6 }, (_, round) => {
      const filled = fillBuffer(engine, fleet, settings, { round, ...state });
      state = { start: filled.virtual.end, flights: filled.flights };
      const [{ client, round: begun }] = filled.updates;
      return [filled.virtual.end, client, round - begun];
    });
    // At 12 and 18 two are due at once: the client with the smaller number is first.
    expect(rounds).toEqual([
      ...[
        [6, 0, 0],
        [12, 0, 0],
        [12, 1, 2],
        [18, 0, 1],
        [18, 2, 4],
        [24, 0, 1],
      ],
    ]);
  });

  it("leave out what is too stale, and move with a short buffer where nobody is left", () => {
    const first = fillBuffer(engine, fleet, settings, { round: 0, start: 0, flights: [] });
    const strict = { ...settings, bufferSize: 2, maxStaleness: 1 };
    const { updates, absent, flights } = fillBuffer(engine, fleet, strict, {
      round: 2,
      start: 6,
      flights: first.flights,
    });
    expect(absent).toEqual([1, 2].map((client) => ({ client, reason: "late", message: "stale by 2" })));
    expect([updates, flights]).toEqual([[{ client: 0, round: 2 }], []]);
  });

  it("have each client in a buffer once at most, and go on from what they left, for any speeds", () => {
    const seconds = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(seconds, fc.nat(8), fc.nat(8), (speeds, buffer, concurrent) => {
        const clients = speeds.length;
        const [bufferSize, concurrency] = [1 + (buffer % clients), 1 + (concurrent % clients)];
        const own: DeviceClock = { next: ({ client, kind }) => ({ seconds: kind === "select" ? 0 : speeds[client] }) };
        const run = { ...settings, clients, bufferSize, concurrency };
        let [start, flights] = [0, [] as ReturnType<typeof fillBuffer>["flights"]];
        for (let round = 0; round < 5; round++) {
          const filled = fillBuffer(engine, fleetOf(own), run, { round, start, flights });
          const ids = filled.updates.map(({ client }) => client);
          expect(new Set(ids).size).toBe(bufferSize);
          expect(filled.flights.length).toBeLessThan(concurrency);
          expect(filled.flights.every(({ due }) => due >= filled.virtual.end)).toBe(true);
          expect(fillBuffer(engine, fleetOf(own), run, { round, start, flights: structuredClone(flights) })).toEqual(
            filled,
          );
          [start, flights] = [filled.virtual.end, filled.flights];
        }
      }),
      { seed: 16, numRuns: 60 },
    );
  });
});
