import { describe, expect, it } from "vitest";
import type { DeviceClock } from "../../../src/federation/devices/device-clock.js";
import type { AsynchronousOptions } from "../../../src/federation/devices/options.js";
import { planFederation } from "../../../src/federation/devices/plan.js";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import { completeNetwork, layoutOf } from "../../../src/network/spec.js";
import type { LocalTrainer } from "../../../src/network/training.js";
import { magnitude } from "../../../src/pruning/families/magnitude.js";
import { prefix } from "../../../src/pruning/families/prefix.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { simdEngine } from "../../support/engines.js";
import { type HeldFederation, smallFederation, testTransport } from "../support.js";

const engine = await simdEngine();

const slow = { name: "slow", flopsPerSecond: 1e4, memoryBytes: 1e9, uplink: 1e4, downlink: 1e4 };
const quick = { ...slow, name: "quick", flopsPerSecond: 5e4, uplink: 4e4, downlink: 4e4 };

async function runs(options: HeldFederation) {
  const federation = createFederation(engine, options);
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return { reports, parameters: federation.parameters, checkpoint: federation.checkpoint() };
}

const secondsOf = (reports: readonly RoundReport[]) =>
  reports.reduce((sum, { virtual }) => sum + (virtual?.seconds ?? 0), 0);

const inThread = () => poolTransport(new InThreadPool(engine));

describe("rounds whose time is virtual", () => {
  it("have the bytes of rounds without devices where all clients are waited for", async () => {
    const without = await runs(smallFederation(inThread(), 4));
    const waited = await runs(
      smallFederation(inThread(), 4, { devices: { profiles: [slow, quick], late: "wait", deadline: 1e-3 } }),
    );
    expect(waited.parameters).toEqual(without.parameters);
  });

  it("leave out who is late, and end at the deadline", async () => {
    const options = smallFederation(testTransport(engine), 4, { rounds: 2 });
    const plan = planFederation(engine, { ...options, devices: { profiles: [slow, quick] } });
    const [{ seconds: long }, { seconds: short }] = plan.classes;
    const deadline = (long + short) / 2;
    const { reports } = await runs({ ...options, devices: { profiles: [slow, quick], deadline } });
    for (const { absent, clients, virtual } of reports) {
      expect(absent).toMatchObject([
        { client: 0, reason: "late" },
        { client: 2, reason: "late" },
      ]);
      expect(clients.map(({ client }) => client)).toEqual([1, 3]);
      expect(virtual).toMatchObject({ seconds: deadline, last: { client: 1 } });
    }
    expect(reports[1].virtual?.end).toBe(2 * deadline);
  });
});

describe("rounds of a rule that takes several updates", () => {
  it("begin once so many clients are there", async () => {
    const devices = { profiles: [{ ...quick, availability: 0.5 }] };
    const aggregation = { kind: "krum", attackers: 1 } as const;
    const options = smallFederation(inThread(), 7, { rounds: 6, devices, aggregation });
    const { reports } = await runs(options);
    expect(reports.map(({ clients }) => clients.length >= 5)).toEqual(Array(6).fill(true));
    expect(reports.some(({ absent }) => absent.length > 0)).toBe(true);
    expect(planFederation(engine, options).virtual.rounds).toBe(6);
  });
});

describe("asynchronous rounds", () => {
  it("are synchronous ones where all clients are alike, train at a time and fill the buffer", async () => {
    const options = smallFederation(inThread(), 5, { maskFamily: magnitude, rounds: 4 });
    const clients = options.clients.map((client, id) => ({ ...client, keepRatio: id % 2 === 0 ? 1 : 0.5 }));
    const together = await runs({ ...options, clients });
    const asynchronous = { bufferSize: 5, concurrency: 5 };
    const buffered = await runs({ ...options, clients, devices: { profiles: [quick] }, asynchronous });
    expect(buffered.parameters).toEqual(together.parameters);
  });

  it("average a stale update from where its client began, times 1 / sqrt(1 + staleness), if it is not too stale", async () => {
    // Half way from where it starts to client + 1. Client 0 takes 3 seconds, client 1 takes 10.5: until the fourth round.
    const half: LocalTrainer = (_, { parameters: { array }, client }) => {
      array.set(array.map((value) => (value + client + 1) / 2));
      return { losses: Float64Array.of(1), flops: 1 };
    };
    const clock: DeviceClock = {
      next: ({ kind, client }) => ({ seconds: kind === "select" ? 0 : client === 0 ? 1 : 3.5 }),
    };
    const size = layoutOf(completeNetwork("network", smallFederation(inThread(), 2).network)).size;
    const options = smallFederation(testTransport(engine, { train: half }), 2, {
      ...{ rounds: 4, localSteps: 1, initial: new Float32Array(size), devices: { profiles: [quick], clock } },
    });
    const ended = async (asynchronous: Partial<AsynchronousOptions>) => {
      const { parameters, reports } = await runs({
        ...options,
        asynchronous: { bufferSize: 1, concurrency: 2, ...asynchronous },
      });
      expect(new Set(parameters).size).toBe(1);
      return { value: parameters[0], report: reports[3] };
    };
    // Client 0 alone: 1/2, 3/4, 7/8. The update of client 1 is 1, from 0.
    expect((await ended({})).value).toBe(7 / 8 + 1 / 2);
    expect((await ended({ maxStaleness: 3 })).value).toBe(7 / 8 + 1 / 2);
    expect((await ended({ staleness: "none" })).value).toBe(7 / 8 + 1);
    const { value, report } = await ended({ maxStaleness: 2 });
    expect(value).toBe(15 / 16);
    expect(report.absent).toMatchObject([{ client: 1, reason: "late", message: "stale by 3" }]);
    expect([report.bytesDown, report.bytesUp]).toEqual([8 * size, 4 * size]);
  });

  it("go on from a checkpoint to the same bytes", async () => {
    const options = smallFederation(inThread(), 6, {
      ...{ maskFamily: magnitude, rounds: 9, devices: { profiles: [slow, quick] } },
      asynchronous: { bufferSize: 2, concurrency: 4 },
    });
    const whole = await runs(options);
    expect(whole.reports.some(({ virtual }) => virtual?.clients.some(({ staleness = 0 }) => staleness > 1))).toBe(true);
    const first = createFederation(engine, options);
    for await (const { round } of first.train()) if (round === 3) break;
    const second = createFederation(engine, options);
    for await (const _ of second.train({ resumeFrom: first.checkpoint() }));
    expect(second.parameters).toEqual(whole.parameters);
    expect(second.checkpoint()).toEqual(whole.checkpoint);
  });
});

describe("a plan", () => {
  it("ends where the run would: with too few updates", () => {
    const options = smallFederation(testTransport(engine), 4, { rounds: 3, minimumUpdates: 3 });
    const { classes } = planFederation(engine, { ...options, devices: { profiles: [slow, quick] } });
    const devices = { profiles: [slow, quick], deadline: classes[1].seconds };
    const { stops, virtual } = planFederation(engine, { ...options, devices });
    expect(stops).toEqual({ round: 0, updates: 2 });
    expect(virtual.rounds).toBe(0);
    const aggregation = { kind: "krum", attackers: 0 } as const;
    expect(planFederation(engine, { ...options, devices, aggregation, minimumUpdates: 1 }).stops).toEqual(stops);
  });

  it("is refused where the run would be", () => {
    const options = smallFederation(testTransport(engine), 4, { devices: { profiles: [slow] } });
    const planned = (overrides: Partial<HeldFederation>) => () => planFederation(engine, { ...options, ...overrides });
    expect(planned({ aggregation: { kind: "krum" } })).toThrow("krum takes at least 5");
    expect(planned({ network: { ...options.network, hidden: [30_000, 30_000] } })).toThrow("network.hidden must give");
  });

  it("takes the virtual time of the run", async () => {
    const cases: Partial<HeldFederation>[] = [
      { devices: { profiles: [slow, { ...quick, availability: 0.6 }] }, participation: 0.5, rounds: 20 },
      { devices: { profiles: [slow, quick] }, capacityAssignment: "dynamic", rounds: 7 },
      { devices: { profiles: [slow, quick] }, asynchronous: { bufferSize: 2, concurrency: 3 }, rounds: 20 },
    ];
    for (const overrides of cases) {
      const base = smallFederation(inThread(), 6, { maskFamily: prefix, ...overrides });
      const options = { ...base, clients: base.clients.map((client, id) => ({ ...client, keepRatio: 1 / (1 + id) })) };
      const { reports } = await runs(options);
      expect(planFederation(engine, options).virtual.seconds).toBeCloseTo(secondsOf(reports), 9);
    }
  });
});
