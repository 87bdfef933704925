import { describe, expect, it } from "vitest";
import { mostRows } from "../../../src/federation/devices/fit.js";
import { fitCapacities, planFederation } from "../../../src/federation/devices/plan.js";
import { full } from "../../../src/pruning/families/full.js";
import { rolling } from "../../../src/pruning/families/rolling.js";
import { simdEngine } from "../../support/engines.js";
import { networkOf } from "../../support/networks.js";
import { smallFederation, testTransport } from "../support.js";

const engine = await simdEngine();
const network = networkOf({ dimension: 2, hidden: [24, 16], noiseFeatures: 4 });
const base = { ...smallFederation(testTransport(engine), 2, { maskFamily: rolling }), network };
const board = { name: "board", flopsPerSecond: 1e5, memoryBytes: 2 ** 30, uplink: 1e4, downlink: 2e4 };

const planned = (profile: typeof board, keepRatio: number) =>
  planFederation(engine, {
    ...base,
    devices: { profiles: [profile] },
    clients: base.clients.map(({ rows }) => ({ rows, keepRatio })),
  }).classes[0];

describe("capacities that fit", () => {
  it.each([
    ["the deadline", { ...board }, 0.6],
    ["the memory", { ...board, memoryBytes: planned(board, 10 / 24).memoryBytes + 1 }, undefined],
    ["neither", board, undefined],
  ])("are the largest of all neurons, tried one by one, for %s", (_, profile, deadline = Number.POSITIVE_INFINITY) => {
    const devices = { profiles: [profile], ...(Number.isFinite(deadline) && { deadline }) };
    const [found] = fitCapacities(engine, { ...base, devices });
    const fits = Array.from({ length: 24 }, (_, neuron) => (neuron + 1) / 24).filter((ratio) => {
      const { memoryBytes, seconds } = planned(profile, ratio);
      return memoryBytes <= profile.memoryBytes && seconds <= deadline;
    });
    expect(found).toBe(Math.max(...fits));
  });

  it("are for as many rows as any client with the device holds", () => {
    expect(mostRows(Uint32Array.of(0, 0, 2), [5, 2, 7], 3)).toEqual([5, 0, 7]);
  });

  it("name what a device lacks for the smallest network, and a family that makes none", () => {
    const fitting =
      (profile: typeof board, deadline = 1) =>
      () =>
        fitCapacities(engine, { ...base, devices: { profiles: [profile], deadline } });
    expect(fitting({ ...board, memoryBytes: 100 })).toThrow("devices.profiles[0].memoryBytes must be at least");
    expect(fitting({ ...board, flopsPerSecond: 10 })).toThrow("devices.profiles[0].flopsPerSecond must be more");
    expect(fitting({ ...board, uplink: 10 })).toThrow("devices.profiles[0].uplink must be more");
    const whole = { ...base, maskFamily: full, devices: { profiles: [board] } };
    expect(() => fitCapacities(engine, whole)).toThrow("maskFamily must make smaller networks");
    expect(() => fitCapacities(engine, base)).toThrow("devices must be given");
  });
});

describe("options of devices", () => {
  const devices = { profiles: [board] };
  const asynchronous = { bufferSize: 1, concurrency: 2 };
  it.each([
    ["deadline", { devices, deadline: 3 }],
    ["aggregationGoal", { devices, aggregationGoal: 1 }],
    ["devices", { asynchronous }],
    ["devices.deadline", { devices: { ...devices, deadline: 1 }, asynchronous }],
    ["participation", { devices, asynchronous, participation: 0.5 }],
    ["capacityAssignment", { devices, asynchronous, capacityAssignment: "dynamic" as const }],
    ["regions", { devices, asynchronous, regions: [1, 1] }],
    ["asynchronous.bufferSize", { devices, asynchronous: { bufferSize: 3, concurrency: 1 } }],
    ["asynchronous.concurrency", { devices, asynchronous: { bufferSize: 1, concurrency: 3 } }],
    ["minimumUpdates", { devices, asynchronous, minimumUpdates: 2 }],
  ])("%s does not go with the others, and is named", (argument, overrides) => {
    expect(() => planFederation(engine, { ...base, ...overrides })).toThrow(new RegExp(`^${argument} must`));
  });
});
