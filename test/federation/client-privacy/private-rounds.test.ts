/** Rounds in which clients are protected: what one client changes, the law of the noise and of who takes part, and what is told of them. */
import { describe, expect, it } from "vitest";
import { runBlocks } from "../../../src/federation/client-block.js";
import { clipUpdate } from "../../../src/federation/client-privacy/clip-update.js";
import { ClientMechanism, sensitivity } from "../../../src/federation/client-privacy/mechanism.js";
import { type ClientPrivacyOptions, updateNoiseMultiplier } from "../../../src/federation/client-privacy/settings.js";
import { planFederation } from "../../../src/federation/devices/plan.js";
import { createFederation } from "../../../src/federation/federation.js";
import type { Block } from "../../../src/federation/messages.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import { completeNetwork, layoutOf } from "../../../src/network/spec.js";
import { createMaskFamily } from "../../../src/pruning/families/index.js";
import { describeEngines, simdEngine } from "../../support/engines.js";
import { bytesOf, type HeldFederation, smallFederation, testTransport } from "../support.js";

const engine = await simdEngine();

const network = completeNetwork("network", smallFederation(testTransport(engine), 1).network);
const privacy: ClientPrivacyOptions = { clipNorm: 0.5, noiseMultiplier: 1, reproducible: true };

function privateFederation(clients: number, overrides: Partial<HeldFederation> = {}, onBlock?: (block: Block) => void) {
  const transport = testTransport(engine, onBlock && { onBlock });
  const options = smallFederation(transport, clients, { nonFinite: "drop", privacy, ...overrides });
  return createFederation(engine, options);
}

async function reportsOf(federation: ReturnType<typeof privateFederation>): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return reports;
}

const norm = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0));

describe("clipUpdate", () => {
  it("shortens an update to the norm and keeps its direction; a shorter one keeps its bits", () => {
    const update = Float32Array.of(3, -4, 12);
    expect(clipUpdate(update, 1)).toBe(false);
    expect(norm(update)).toBeLessThanOrEqual(1);
    expect(norm(update)).toBeGreaterThan(1 - 1e-6);
    expect(update[0] / update[2]).toBeCloseTo(3 / 12, 6);
    const short = Float32Array.of(0.1, -0.2);
    expect(clipUpdate(short, 1)).toBe(true);
    expect(short).toEqual(Float32Array.of(0.1, -0.2));
  });

  it("ends where float32 has nothing shorter than the norm but 0", () => {
    const update = Float32Array.of(2 ** -149, 0);
    expect(clipUpdate(update, 0.9 * 2 ** -149)).toBe(false);
    expect(update).toEqual(Float32Array.of(0, 0));
  });
});

describeEngines("a private round", (engineOf) => {
  it.each(["full", "prefix", "unstructured"] as const)(
    "has a sum that one client more changes by C at most, where masks are of family %s",
    async (kind) => {
      const clients = 5;
      const blocks: Block[] = [];
      const options = {
        maskFamily: createMaskFamily({ kind: kind === "unstructured" ? "magnitude" : kind }),
        rounds: 1,
      };
      const federation = privateFederation(clients, { ...options, seed: 3 }, (block) => blocks.push(block));
      await reportsOf(federation);
      const [{ clipNorm = 0 }] = blocks;
      expect(clipNorm).toBe(0.5);
      const { options: complete } = federation;
      const context = {
        engine: engineOf(),
        setup: { ...complete, id: "sum", clientRule: { kind: "plain" } as const },
        levelTable: new Float32Array(12),
        train: (await import("../support.js")).pretendToTrain,
      };
      const parameters = Float32Array.from({ length: layoutOf(complete.network).size }, (_, i) => 3 * Math.sin(i));
      const points = {
        points: complete.points,
        clientRows: { starts: Uint32Array.from({ length: clients + 1 }, (_, i) => 2 * i) },
      };
      const all = blocks.flatMap((block) => block.clients);
      expect(all.length).toBe(clients);
      const sumOf = (members: readonly (typeof all)[number][]) => {
        const { commonMask: _, ...block } = { ...blocks[0], clients: members };
        const [{ sum }] = runBlocks(
          { ...context, setup: { ...context.setup, ...points } as never },
          { parameters, blocks: [block] },
        );
        return sum;
      };
      const whole = sumOf(all);
      for (const left of all) {
        const rest = sumOf(all.filter((each) => each !== left));
        const change = norm(whole.map((value, i) => value - rest[i]));
        expect(change).toBeLessThanOrEqual(sensitivity(clipNorm, clients));
        expect(change).toBeGreaterThan(0.9 * clipNorm);
      }
    },
  );
});

describe("what private rounds give", () => {
  it("has equal bytes for a seed where it is reproducible, and other ones in each run where it is not", async () => {
    const parametersOf = async (overrides: Partial<HeldFederation>) => {
      const federation = privateFederation(4, overrides);
      await reportsOf(federation);
      return bytesOf(federation.parameters);
    };
    expect(await parametersOf({})).toEqual(await parametersOf({}));
    expect(await parametersOf({ seed: 8 })).not.toEqual(await parametersOf({}));
    const secret = { privacy: { ...privacy, reproducible: false } };
    expect(await parametersOf(secret)).not.toEqual(await parametersOf(secret));
  });

  it("tells nothing of who took part: reports are the same whatever was drawn, but for the server's move", async () => {
    const toldOf = async (seed: number) => {
      const federation = privateFederation(6, { participation: 0.5, seed, initial: new Float32Array(size) });
      return (await reportsOf(federation)).map(({ seconds: _, updateNorm: __, coverage, ...rest }) => {
        const { pruningNoise: ___, parameterNorm: ____, ...counted } = coverage;
        return { ...rest, counted };
      });
    };
    const { size } = layoutOf(network);
    expect(await toldOf(1)).toEqual(await toldOf(2));
    const [{ privacy: told, clients, counted, ...report }] = await toldOf(1);
    expect(told).toEqual({ clipNorm: 0.5, expectedClients: 3 });
    expect(clients).toEqual([]);
    expect("loss" in report).toBe(false);
    expect(counted.minimum).toBe(6);
    expect(report.bytesUp).toBe(3 * 4 * size);
  });

  it("is legal where nobody takes part, and goes on from a checkpoint to the same bytes", async () => {
    const overrides = { participation: 1e-9, rounds: 4, ema: 0.5, server: { kind: "fedadam" } as const };
    const whole = privateFederation(3, overrides);
    expect(await reportsOf(whole)).toHaveLength(4);
    const first = privateFederation(3, overrides);
    for await (const { round } of first.train()) if (round === 1) break;
    const second = privateFederation(3, overrides);
    second.restore(first.checkpoint());
    await reportsOf(second);
    expect(bytesOf(second.parameters)).toEqual(bytesOf(whole.parameters));
  });

  it("keeps an adapted clipping norm in checkpoints", async () => {
    const adaptive = { quantile: 0.5, learningRate: 1, countNoise: 1 };
    const overrides = { privacy: { ...privacy, adaptive }, rounds: 6 };
    const norms = (reports: readonly RoundReport[]) => reports.map((report) => report.privacy?.clipNorm ?? 0);
    const whole = privateFederation(8, overrides);
    const found = norms(await reportsOf(whole));
    // pretendToTrain moves clients far: all updates are longer than C, which has to grow.
    expect(found[5]).toBeGreaterThan(2 * found[0]);
    // And where all are far shorter it has to shrink.
    const above = privateFederation(8, { ...overrides, privacy: { ...privacy, clipNorm: 1e6, adaptive } });
    expect(norms(await reportsOf(above))[5]).toBeLessThan(0.5e6);
    const first = privateFederation(8, overrides);
    for await (const { round } of first.train()) if (round === 2) break;
    const second = privateFederation(8, overrides);
    second.restore(first.checkpoint());
    expect(norms(await reportsOf(second))).toEqual(found.slice(3));
    expect(bytesOf(second.parameters)).toEqual(bytesOf(whole.parameters));
    const otherwise = privateFederation(8, { privacy: { ...privacy, noiseMultiplier: 2 } });
    expect(() => otherwise.restore(first.checkpoint())).toThrow("privacy.");
  });

  it("divides by the clients that are expected, whoever came", async () => {
    // Hardly any noise: the server moves by the sum of the clipped updates of all over as many.
    const quiet = { clipNorm: 0.5, noiseMultiplier: 1e-9, reproducible: true };
    const { size } = layoutOf(network);
    const initial = new Float32Array(size);
    const federation = privateFederation(4, { privacy: quiet, rounds: 1, initial });
    await reportsOf(federation);
    // From 0 every client moves along (1, 1, ...), to which C is the whole length.
    expect(norm(federation.parameters)).toBeCloseTo(0.5, 5);
    const half = privateFederation(4, { privacy: quiet, rounds: 1, initial, participation: 0.5, seed: 4 });
    await reportsOf(half);
    const came = norm(half.parameters) / (0.5 / 2);
    expect(Math.abs(came - Math.round(came))).toBeLessThan(1e-4);
  });
});

describe("rounds of devices", () => {
  const slow = { name: "slow", flopsPerSecond: 1e4, memoryBytes: 1e9, uplink: 1e4, downlink: 1e4 };
  const quick = { ...slow, name: "quick", flopsPerSecond: 5e4, uplink: 4e4, downlink: 4e4 };
  const classes = planFederation(
    engine,
    smallFederation(testTransport(engine), 4, { devices: { profiles: [slow, quick] } }),
  ).classes;
  const [{ seconds: long }, { seconds: short }] = classes;
  const deadline = (long + short) / 2;
  const devices = { profiles: [slow, quick], deadline };
  const quiet = { clipNorm: 0.5, noiseMultiplier: 1e-9, reproducible: true };
  const initial = new Float32Array(layoutOf(network).size);

  it("are drawn from the clients that would be in time, by whom the sum is divided", async () => {
    const drawn: number[] = [];
    const federation = privateFederation(6, { devices, privacy: quiet, rounds: 1, initial }, ({ clients }) =>
      drawn.push(...clients.map(({ client }) => client)),
    );
    const [report] = await reportsOf(federation);
    expect(drawn).toEqual([1, 3, 5]);
    expect(report.privacy).toEqual({ clipNorm: 0.5, expectedClients: 3 });
    expect(norm(federation.parameters)).toBeCloseTo(0.5, 5);
  });

  it("last as long as they would with all clients, whoever was drawn, and go on from a checkpoint", async () => {
    const given = { devices, participation: 0.3, rounds: 4 };
    const virtual = (reports: readonly RoundReport[]) => reports.map((each) => each.virtual);
    const whole = privateFederation(6, given);
    const times = virtual(await reportsOf(whole));
    expect(times[0]).toMatchObject({ seconds: deadline, end: deadline });
    expect(times[0]?.clients.map(({ client }) => client)).toEqual([0, 1, 2, 3, 4, 5]);
    const otherwise = { ...given, participation: 1e-9 };
    expect(virtual(await reportsOf(privateFederation(6, otherwise)))).toEqual(times);
    const first = privateFederation(6, given);
    for await (const { round } of first.train()) if (round === 1) break;
    const second = privateFederation(6, given);
    second.restore(first.checkpoint());
    expect(virtual(await reportsOf(second))).toEqual(times.slice(2));
    expect(bytesOf(second.parameters)).toEqual(bytesOf(whole.parameters));
  });

  it("are legal where nobody is in time: nothing moves", async () => {
    const federation = privateFederation(4, { devices: { ...devices, deadline: 1e-9 }, rounds: 1, initial });
    expect(await reportsOf(federation)).toMatchObject([{ privacy: { expectedClients: 0 } }]);
    expect(norm(federation.parameters)).toBe(0);
  });

  it("are refused with a clock of one's own", () => {
    const clock = { next: () => ({ seconds: 1 }) };
    expect(() => privateFederation(4, { devices: { ...devices, clock } })).toThrow("devices.clock must be left out");
  });
});

describe("updates per effective step", () => {
  const quiet = { clipNorm: 0.5, noiseMultiplier: 1e-9, reproducible: true };
  const initial = new Float32Array(layoutOf(network).size);
  const given = { privacy: quiet, rounds: 1, initial, clientRule: { kind: "fednova" } } as const;
  const rows = (client: number) => Uint32Array.of(2 * client, 2 * client + 1);

  it.each([
    [[1, 2, 3, 2], 2],
    [[3, 3, 3, 3], 3],
  ])("are what is clipped, and count for as many steps as clients of the federation take: %o", async (steps, mean) => {
    const clients = steps.map((localSteps, client) => ({ rows: rows(client), localSteps }));
    const federation = privateFederation(4, { ...given, clients });
    await reportsOf(federation);
    expect(norm(federation.parameters)).toBeCloseTo(0.5 * mean, 5);
  });

  it("change with one client by C for each of these steps at most, whoever came", async () => {
    const clients = [1, 2, 3, 2].map((localSteps, client) => ({ rows: rows(client), localSteps }));
    const federation = privateFederation(4, { ...given, clients, participation: 0.5, seed: 4 });
    await reportsOf(federation);
    const came = norm(federation.parameters) / (2 * (0.5 / 2));
    expect(Math.abs(came - Math.round(came))).toBeLessThan(1e-4);
    expect(Math.round(came)).toBeGreaterThan(0);
  });
});

describe("the mechanism", () => {
  const federation = { clients: 1000, participation: 0.3, seed: 5 };

  it.each([true, false])(
    "draws each client by its own chance, apart in each round (reproducible: %s)",
    (reproducible) => {
      const mechanism = new ClientMechanism(engine, {
        ...federation,
        privacy: { clipNorm: 1, noiseMultiplier: 1, reproducible },
      });
      const rounds = Array.from({ length: 200 }, (_, round) => mechanism.participants(round));
      const counts = rounds.map(({ length }) => length);
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
      // Binomial: 300 clients with variance 210. Five standard errors of 200 rounds.
      expect(Math.abs(mean - 300)).toBeLessThan(5 * Math.sqrt(210 / 200));
      expect(Math.abs(variance - 210)).toBeLessThan(5 * 210 * Math.sqrt(2 / 200));
      const together = rounds.filter((ids) => ids.includes(3) && ids.includes(4)).length;
      expect(Math.abs(together - 200 * 0.09)).toBeLessThan(5 * Math.sqrt(200 * 0.09 * 0.91));
      expect(rounds[0]).not.toEqual(rounds[1]);
    },
  );

  it.each([true, false])(
    "adds normal noise of the standard deviation that is accounted, independent between rounds (reproducible: %s)",
    (reproducible) => {
      const settings = { clipNorm: 2, noiseMultiplier: 1.5, reproducible };
      const mechanism = new ClientMechanism(engine, { ...federation, privacy: settings });
      const entries = 20_000;
      const roster = new Float64Array(entries + 1).fill(1);
      roster[entries] = 0;
      const noiseOf = (round: number) => {
        const sum = new Float64Array(entries + 1);
        mechanism.noise(round, sum, roster, { clipNorm: 2, within: 0, participants: 0, expected: 1 });
        expect(sum[entries]).toBe(0);
        return sum.subarray(0, entries);
      };
      const [one, other] = [noiseOf(0), noiseOf(1)];
      const deviation = 1.5 * sensitivity(2, federation.clients);
      expect(deviation).toBeLessThan(3.001);
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / entries;
      const error = 5 / Math.sqrt(entries);
      expect(Math.abs(mean(one)) / deviation).toBeLessThan(error);
      expect(Math.abs(mean(one.map((x) => x * x)) / deviation ** 2 - 1)).toBeLessThan(error * Math.SQRT2);
      expect(Math.abs(mean(one.map((x) => (x / deviation) ** 4)) - 3)).toBeLessThan(error * Math.sqrt(96));
      expect(Math.abs(mean(one.map((x, i) => x * other[i])) / deviation ** 2)).toBeLessThan(error);
    },
  );

  it("splits the noise between updates and the count as theorem 1 of arXiv 1905.03871 does", () => {
    const adaptive = { quantile: 0.5, learningRate: 0.2, countNoise: 5 };
    const z = updateNoiseMultiplier({ clipNorm: 1, noiseMultiplier: 1, reproducible: true, adaptive });
    expect(z ** -2 + (2 * 5) ** -2).toBeCloseTo(1, 12);
  });

  it("has that noise on the updates, and the count's own on how many were below C, less a half for each", () => {
    const adaptive = { quantile: 0.5, learningRate: 0.2, countNoise: 10 };
    const settings = { clipNorm: 1, noiseMultiplier: 19, reproducible: true, adaptive };
    const mechanism = new ClientMechanism(engine, { ...federation, participation: 0.5, privacy: settings });
    const entries = 4000;
    const sum = new Float64Array(entries);
    const rounds = 300;
    const shares = Array.from({ length: rounds }, (_, round) => {
      const roster = round === 0 ? new Float64Array(entries).fill(1) : Float64Array.of(0);
      const into = round === 0 ? sum : new Float64Array(1);
      const clipped = { clipNorm: 1, within: 100, participants: 300, expected: 500 };
      const next = mechanism.noise(round, into, roster, clipped);
      return adaptive.quantile - Math.log(next) / adaptive.learningRate;
    });
    const deviation = updateNoiseMultiplier(settings) * sensitivity(1, federation.clients);
    expect(deviation).toBeGreaterThan(3 * settings.noiseMultiplier);
    const square = sum.reduce((total, value) => total + value * value, 0) / entries / deviation ** 2;
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / entries));
    // 500 clients are expected: (100 - 300 / 2 + N(0, 10^2)) / 500 beside a half.
    const mean = shares.reduce((total, share) => total + share, 0) / rounds;
    const variance = shares.reduce((total, share) => total + (share - mean) ** 2, 0) / (rounds - 1);
    expect(Math.abs(mean - 0.4)).toBeLessThan((5 * 0.02) / Math.sqrt(rounds));
    expect(Math.abs(variance / 0.02 ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / rounds));
  });

  it("counts how sums of float32 round: there a client changes one by more than C", () => {
    // The sums of 32 clients and of one more, of whom each moves by C = 1 at most.
    const others = 31 + 0.74 * 2 ** -18;
    const change = Math.fround(others + 1) - Math.fround(others);
    expect(change).toBe(1 + 2 ** -19);
    expect(change).toBeLessThanOrEqual(sensitivity(1, 33));
  });

  it("moves the clipping norm to the quantile of the norms", () => {
    const adaptive = { quantile: 0.7, learningRate: 0.2, countNoise: 10 };
    const settings = { clipNorm: 0.1, noiseMultiplier: 1, reproducible: true, adaptive };
    const mechanism = new ClientMechanism(engine, { clients: 500, participation: 1, seed: 2, privacy: settings });
    // Norms are 1/500, 2/500, ..., 1: their quantile 0.7 is 0.7.
    let clipNorm = settings.clipNorm;
    for (let round = 0; round < 60; round++) {
      const within = Math.min(500, Math.floor(500 * clipNorm));
      clipNorm = mechanism.noise(round, new Float64Array(1), Float64Array.of(0), {
        clipNorm,
        within,
        ...{ participants: 500, expected: 500 },
      });
    }
    expect(clipNorm).toBeGreaterThan(0.63);
    expect(clipNorm).toBeLessThan(0.77);
  });
});

describe("options that would be a side door", () => {
  it.each([
    [{ weighting: "samples" } as const, "weighting must be uniform"],
    [{ nonFinite: "stop" } as const, "nonFinite must be drop"],
    [{ minimumUpdates: 2 }, "minimumUpdates must be left out"],
    [{ aggregationGoal: 2 }, "aggregationGoal must be left out"],
    [{ encoding: { kind: "top-k", share: 0.5 } } as const, "encoding.feedback must be false"],
    [{ clientRule: { kind: "scaffold" } } as const, /^clientRule must have no control variates .* got "scaffold"$/],
    [{ deadline: 3 }, "deadline must be left out"],
    [{ aggregation: { kind: "median" } } as const, /^aggregation must be of kind mean .* got "median"$/],
    [{ attack: { kind: "sign-flip", clients: 1 } } as const, /^attack must be left out .* got "sign-flip"$/],
    // Not a run without privacy.
    [{ privacy: null as never }, "privacy must be an object"],
  ])("%o is refused", (overrides, message) => {
    expect(() => privateFederation(4, overrides as Partial<HeldFederation>)).toThrow(message);
  });

  it("noise of the count that leaves none for the updates is refused", () => {
    const adaptive = { countNoise: 0.5 };
    expect(() => privateFederation(4, { privacy: { ...privacy, adaptive } })).toThrow(
      "privacy.adaptive.countNoise must be above 0.5",
    );
  });
});
