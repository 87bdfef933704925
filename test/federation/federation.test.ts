import fc from "fast-check";
import { expect, it } from "vitest";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { BlockUpdate } from "../../src/federation/messages.js";
import { completeOptions, type FederationOptions } from "../../src/federation/options.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { RoundStart } from "../../src/federation/train-options.js";
import type { Engine } from "../../src/kernels/index.js";
import { layoutOf } from "../../src/network/spec.js";
import type { LocalTrainer } from "../../src/network/training.js";
import { expandMask } from "../../src/pruning/expand.js";
import { extract, scatter } from "../../src/pruning/extract.js";
import type { Mask, MaskFamily } from "../../src/pruning/mask.js";
import { describeEngines } from "../support/engines.js";
import { arbitraryMask, networkOf } from "../support/networks.js";
import { bytesOf, type HeldFederation, pretendToTrain, smallFederation, testTransport } from "./support.js";

const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });

async function finish(federation: Federation): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return reports;
}

function fixedMasks(masks: readonly Mask[]): MaskFamily {
  return { name: "fixed", source: "test", assign: ({ clients }) => clients.map(({ id }) => masks[id]) };
}

interface Participant {
  readonly client: number;
  readonly mask: Mask;
  readonly weight: number;
}

/** One round in plain float64: what theory of arbitrary pruning says that the server does. */
function referenceRound(engine: Engine, server: Float32Array, participants: readonly Participant[], round: number) {
  const moved = new Float64Array(server.length);
  const weights = new Float64Array(server.length);
  for (const { client, mask, weight } of participants) {
    const { spec, parameters } = extract(engine, network, server, mask);
    const keep = mask.kind === "unstructured" ? { keep: mask.keep } : {};
    engine.arena.scope(() => {
      const block = engine.arena.floats(1);
      const { training } = completeOptions(smallFederation(testTransport(engine), 1));
      const data = { levelTable: block, points: block, settings: training, seed: 0 };
      const local = engine.arena.copyIn(parameters);
      pretendToTrain(engine, { ...data, ...keep, spec, parameters: local, steps: 2, round, client });
      parameters.set(local.array);
    });
    const local = server.slice();
    scatter(engine, network, parameters, mask, local);
    expandMask(network, mask).forEach((kept, i) => {
      moved[i] += kept * weight * (local[i] - server[i]);
      weights[i] += kept * weight;
    });
  }
  return server.map((value, i) => (weights[i] > 0 ? value + moved[i] / weights[i] : value));
}

/** Block sums are rounded to float32 once, the server twice: 2^-22 of sums below `bound`. */
function expectNear(actual: Float32Array, expected: Float32Array, bound: number): void {
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
  expect(worst).toBeLessThan(bound * 2 ** -22);
}

describeEngines("createFederation", (engineOf) => {
  const federate = (clients: number, overrides: Partial<HeldFederation> = {}, transport = testTransport(engineOf())) =>
    createFederation(engineOf(), smallFederation(transport, clients, overrides));

  it("averages each parameter over the clients that kept it, for random masks and weights", async () => {
    const arbitraryMasks = fc.array(arbitraryMask(network), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(arbitraryMasks, fc.boolean(), async (masks, bySamples) => {
        const rows = masks.map((_, id) => Uint32Array.from({ length: bySamples ? id + 1 : 1 }, () => 0));
        const federation = federate(masks.length, {
          maskFamily: fixedMasks(masks),
          clients: rows.map((held) => ({ rows: held, keepRatio: 1 })),
          weighting: bySamples ? "samples" : "uniform",
        });
        const participants = masks.map((mask, client) => ({ client, mask, weight: bySamples ? client + 1 : 1 }));
        let expected = federation.parameters;
        for await (const { round } of federation.train()) {
          expected = referenceRound(engineOf(), expected, participants, round);
          expectNear(federation.parameters, expected, 16);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("leaves a parameter that no client keeps at its bits, with every server optimizer", async () => {
    const keep = Uint8Array.from({ length: layoutOf(network).size }, (_, i) => i % 3 && 1);
    const servers: FederationOptions["server"][] = [
      { kind: "fedavg", learningRate: 1 },
      { kind: "fedavgm", learningRate: 0.5, momentum: 0.9 },
      { kind: "fedadam", learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 },
    ];
    for (const server of servers) {
      const federation = federate(4, { server, maskFamily: fixedMasks(Array(4).fill({ kind: "unstructured", keep })) });
      const before = federation.parameters;
      await finish(federation);
      federation.parameters.forEach((value, i) => {
        if (keep[i]) expect(value).not.toBe(before[i]);
        else expect(value).toBe(before[i]);
      });
    }
  });

  it("tells masks each participant's capacity, which is its own or moves on by one client a round, and the last update", async () => {
    const ratios = [1, 0.75, 0.5, 0.25, 0.125];
    for (const capacityAssignment of ["fixed", "dynamic"] as const) {
      const seen: {
        ratios: number[];
        expected: number[];
        parameters: Float32Array;
        update: Float32Array | undefined;
      }[] = [];
      const maskFamily: MaskFamily = {
        name: "recorded",
        source: "test",
        assign({ clients, round, parameters, update }) {
          const shift = capacityAssignment === "dynamic" ? round : 0;
          seen.push({
            ratios: clients.map(({ keepRatio }) => keepRatio),
            expected: clients.map(({ id }) => ratios[(id + shift) % ratios.length]),
            parameters: parameters.slice(),
            update: update?.slice(),
          });
          return clients.map(() => ({ kind: "full" }));
        },
      };
      const { clients } = smallFederation(testTransport(engineOf()), 5);
      const federation = federate(5, {
        maskFamily,
        capacityAssignment,
        participation: 0.6,
        rounds: 4,
        clients: clients.map((client, id) => ({ ...client, keepRatio: ratios[id] })),
      });
      await finish(federation);
      for (const round of seen) expect(round.ratios).toEqual(round.expected);
      expect(seen.map(({ update }) => update === undefined)).toEqual([true, false, false, false]);
      // With learning rate 1 the server moves by the update, which is rounded to float32 as its parameters are.
      seen.slice(1).forEach(({ parameters, update }, k) => {
        const moved = parameters.map((value, i) => value - seen[k].parameters[i]);
        expectNear(update ?? new Float32Array(0), moved, 16);
        expect(update?.some((value) => Math.abs(value) > 0.1)).toBe(true);
      });
    }
  });

  it("refuses a mask that does not fit, before anybody trains, and says whose", async () => {
    let blocks = 0;
    const transport = testTransport(engineOf(), { onBlock: () => blocks++ });
    const short: Mask = { kind: "unstructured", keep: new Uint8Array(3) };
    const federation = federate(2, { maskFamily: fixedMasks([{ kind: "full" }, short]) }, transport);
    await expect(finish(federation)).rejects.toThrow("maskFamily.assign: mask of client 1.keep must have");
    await expect(finish(federate(3, { maskFamily: fixedMasks([{ kind: "full" }]) }, transport))).rejects.toThrow(
      "maskFamily.assign: mask of client 1 must be a mask, got undefined",
    );
    expect(blocks).toBe(0);
  });

  it("gives the same bytes for any order of arrival and repeated updates", async () => {
    const straight = federate(130);
    await finish(straight);
    const shuffled = fc.integer({ min: 0, max: 1 << 30 }).map((seed) => (count: number) => {
      const positions = Array.from({ length: 2 * count }, (_, i) => i % count);
      return positions.sort((a, b) => ((a * 7919 + seed) % 101) - ((b * 7919 + seed) % 101));
    });
    await fc.assert(
      fc.asyncProperty(shuffled, async (arrival) => {
        const federation = federate(130, {}, testTransport(engineOf(), { arrival }));
        await finish(federation);
        expect(bytesOf(federation.parameters)).toEqual(bytesOf(straight.parameters));
      }),
      { numRuns: 10 },
    );
  });

  it("refuses updates that answer no block, have another length or report on other clients", async () => {
    const tampered = (tamper: NonNullable<Parameters<typeof testTransport>[1]>["tamper"]) =>
      finish(federate(3, {}, testTransport(engineOf(), tamper && { tamper })));
    const refusal = { code: "FEDSCORE_WORKER" };
    await expect(tampered((update) => ({ ...update, id: "run-0/0/0" }))).rejects.toMatchObject(refusal);
    await expect(tampered((update) => ({ ...update, block: 77 }))).rejects.toMatchObject(refusal);
    await expect(tampered((update) => ({ ...update, sum: update.sum.subarray(1) }))).rejects.toMatchObject(refusal);
    await expect(tampered((update) => ({ ...update, reports: [] }))).rejects.toMatchObject(refusal);
    const lost = testTransport(engineOf(), { arrival: (count) => Array.from({ length: count - 1 }, (_, i) => i) });
    await expect(finish(federate(3, {}, lost))).rejects.toMatchObject(refusal);
  });

  it("ignores a late repeat of an update of an earlier round", async () => {
    const straight = federate(3);
    await finish(straight);
    const transport = testTransport(engineOf());
    const run = transport.run;
    const sent: BlockUpdate[] = [];
    async function* repeating(...args: Parameters<typeof run>) {
      yield* [...sent];
      for await (const update of run(...args)) {
        sent.push(update);
        yield update;
      }
    }
    const federation = federate(3, {}, { ...transport, run: repeating });
    await finish(federation);
    expect(federation.parameters).toEqual(straight.parameters);
  });

  it("reports rounds: losses, traffic, work, the server's move", async () => {
    const halves = Uint8Array.from({ length: layoutOf(network).size }, (_, i) => i % 2);
    const federation = federate(2, {
      maskFamily: fixedMasks([{ kind: "full" }, { kind: "unstructured", keep: halves }]),
    });
    const before = federation.parameters;
    const [first, , last] = await finish(federation);
    const kept = before.length + halves.reduce((sum, bit) => sum + bit, 0);
    expect(first).toMatchObject({
      round: 0,
      bytesDown: 4 * kept,
      bytesUp: 4 * kept,
      flops: 2 * 2 * before.length,
      dropped: [],
    });
    expect(first.clients.map(({ client, loss, steps }) => [client, loss, steps])).toEqual([
      [0, 1.0625, 2],
      [1, 2.0625, 2],
    ]);
    expect(first.loss).toBe(1.5625);
    expect(first.updateNorm).toBeGreaterThan(0);
    expect(last.round).toBe(2);
    expect(federation.round).toBe(3);
  });

  const failing =
    (client: number, round: number): LocalTrainer =>
    (engine, request) => {
      const result = pretendToTrain(engine, request);
      if (request.client !== client || request.round !== round) return result;
      request.parameters.array.fill(Number.NaN);
      return { ...result, losses: result.losses.fill(Number.NaN, 1), nonFiniteStep: 1 };
    };

  it("stops at a client whose update is not finite, saying round, client and step", async () => {
    const federation = federate(5, {}, testTransport(engineOf(), { train: failing(3, 1) }));
    const details = { round: 1, client: 3, step: 1 };
    await expect(finish(federation)).rejects.toMatchObject({ code: "FEDSCORE_NON_FINITE", details });
    expect(federation.round).toBe(1);
    expect(federation.parameters.every(Number.isFinite)).toBe(true);
  });

  it("or drops it: as if the client had not been there", async () => {
    const transport = testTransport(engineOf(), { train: failing(3, 0) });
    const federation = federate(5, { nonFinite: "drop", rounds: 1 }, transport);
    const [report] = await finish(federation);
    expect(report.dropped).toEqual([3]);
    expect(report.loss).toBe((1 + 2 + 3 + 5) / 4 + 0.0625);
    expect(report.bytesUp).toBe((report.bytesDown * 4) / 5);
    const others = [0, 1, 2, 4].map((client) => ({ client, mask: { kind: "full" } as const, weight: 1 }));
    expectNear(federation.parameters, referenceRound(engineOf(), federate(5).parameters, others, 0), 16);
  });

  it("ends when every client of a round is dropped", async () => {
    const train: LocalTrainer = (engine, request) => ({ ...pretendToTrain(engine, request), nonFiniteStep: 0 });
    const federation = federate(2, { nonFinite: "drop" }, testTransport(engineOf(), { train }));
    await expect(finish(federation)).rejects.toMatchObject({
      code: "FEDSCORE_NON_FINITE",
      details: { round: 0, clients: [0, 1] },
    });
  });

  it("shows where each round starts, and waits", async () => {
    const federation = federate(3);
    const starts: { round: number; clients: number[]; same: boolean }[] = [];
    let waiting = false;
    const onRound = async ({ round, parameters, assignments }: RoundStart) => {
      waiting = true;
      await new Promise((resolve) => setTimeout(resolve, 1));
      const same = bytesOf(parameters).every((byte, i) => byte === bytesOf(federation.parameters)[i]);
      starts.push({ round, clients: assignments.map(({ client }) => client), same });
      waiting = false;
    };
    for await (const { round } of federation.train({ onRound }))
      expect([waiting, starts.length]).toEqual([false, round + 1]);
    expect(starts).toEqual([0, 1, 2].map((round) => ({ round, clients: [0, 1, 2], same: true })));
  });

  it("trains only the participants, and each with its own number of steps", async () => {
    const seen: number[][] = [];
    const transport = testTransport(engineOf(), {
      onBlock: ({ clients }) => seen.push(...clients.map(({ client, localSteps }) => [client, localSteps])),
    });
    const options = smallFederation(transport, 10, { participation: 0.3, rounds: 1 });
    const clients = options.clients.map((client, id) => ({ ...client, localSteps: id + 1 }));
    await finish(createFederation(engineOf(), { ...options, clients }));
    expect(seen).toHaveLength(3);
    for (const [client, steps] of seen) expect(steps).toBe(client + 1);
  });

  it("goes on where the consumer left, and trains one at a time", async () => {
    const straight = federate(3);
    await finish(straight);
    const federation = federate(3);
    const running = federation.train();
    await running.next();
    await expect(federation.train().next()).rejects.toMatchObject({
      code: "FEDSCORE_UNSUPPORTED",
      message: "this federation is already training",
    });
    await running.return();
    expect(federation.round).toBe(1);
    expect(await finish(federation)).toHaveLength(2);
    expect(federation.parameters).toEqual(straight.parameters);
  });

  it("starts at `initial` and samples from the moving average", async () => {
    const initial = new Float32Array(layoutOf(network).size).fill(3);
    const federation = federate(2, { initial, ema: 0.5 });
    initial.fill(0);
    expect(federation.samplingParameters).toEqual(federation.parameters);
    const servers: Float32Array[] = [];
    for await (const _ of federation.train()) servers.push(federation.parameters);
    // Weights 1/2, 1/4, 1/8 of the last, the middle and the first round, over 7/8.
    const expected = servers[0].map((_, i) => (servers[0][i] + 2 * servers[1][i] + 4 * servers[2][i]) / 7);
    expectNear(federation.samplingParameters, expected, 4);
  });

  it("keeps memory flat in the number of clients", async () => {
    const peakOf = async (clients: number) => {
      await finish(federate(clients, { rounds: 1 }));
      return engineOf().arena.peak;
    };
    await peakOf(64);
    const peak = await peakOf(65);
    expect(await peakOf(1000)).toBe(peak);
  });
});
