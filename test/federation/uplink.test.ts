import { describe, expect, it } from "vitest";
import { createEncoding, type EncodingSpec, encodings } from "../../src/federation/encodings/index.js";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { Block, BlockUpdate, ClientAssignment } from "../../src/federation/messages.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import { layoutOf } from "../../src/network/spec.js";
import type { LocalTrainer } from "../../src/network/training.js";
import { expandMask } from "../../src/pruning/expand.js";
import { rolling } from "../../src/pruning/families/rolling.js";
import type { Mask } from "../../src/pruning/mask.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";
import { specsOf } from "../support/specs.js";
import { serverParameters, trainingContext } from "./client-rules/support.js";
import { type HeldFederation, runBlock, smallFederation, type TestTransportOptions, testTransport } from "./support.js";

const engine = await simdEngine();
const network = networkOf({ dimension: 2, hidden: [6, 5], noiseFeatures: 4 });
const { size } = layoutOf(network);
const masks: readonly Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(0, 2, 5), Uint32Array.of(1, 4)] },
  { kind: "unstructured", keep: Uint8Array.from({ length: size }, (_, i) => (i % 3 === 0 ? 0 : 1)) },
];
const specs = specsOf(encodings);
const topK = { kind: "top-k", share: 0.25 } as const;

function federate(overrides: Partial<HeldFederation>, transport: TestTransportOptions = {}): Federation {
  const options = smallFederation(testTransport(engine, transport), 5, {
    maskFamily: rolling,
    rounds: 4,
    ...overrides,
  });
  const clients = options.clients.map((client, id) => ({ ...client, keepRatio: [1, 0.5, 0.3][id % 3] }));
  return createFederation(engine, { ...options, clients });
}

async function finish(federation: Federation): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return reports;
}

const blockOf = (...clients: ClientAssignment[]): Block => ({
  ...{ id: "run/6/0", setup: "run", round: 6, block: 0, clients, flops: 1, nonFinite: "stop" },
});

describe("a client's update that is encoded where it trains", () => {
  const context = trainingContext(engine, 3, { kind: "plain" });
  const start = serverParameters(engine, context);
  const withEncoding = (encoding: EncodingSpec) => ({ ...context, setup: { ...context.setup, encoding } });

  it.each(specs)(
    "$kind is the update within the error of the encoding, and is 0 where the mask keeps nothing",
    (encoding) => {
      for (const mask of masks) {
        const block = blockOf({ client: 0, mask, localSteps: 3, weight: 2 });
        const plain = runBlock(context, start, block);
        const sent = runBlock(withEncoding(encoding), start, block);
        const kept = expandMask(network, mask);
        const largest = plain.sum.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(largest).toBeGreaterThan(0);
        for (const [i, value] of sent.sum.entries()) {
          if (kept[i] === 0) expect(value).toBe(0);
          else if (encoding.kind !== "top-k" || value !== 0)
            expect(Math.abs(value - plain.sum[i])).toBeLessThanOrEqual(largest / 100);
        }
        if (encoding.kind === "top-k" && (encoding.values ?? "float32") === "float32") {
          const entries = kept.reduce((sum, one) => sum + one, 0);
          const share = encoding.share ?? 0.1;
          expect(sent.sum.filter((value) => value !== 0)).toHaveLength(Math.max(1, Math.round(share * entries)));
        }
        expect(sent.reports[0].loss).toBe(plain.reports[0].loss);
      }
    },
  );

  it("adds clients of one mask in the submodel's shape, as clients of different masks are added in the network's", () => {
    const [, mask] = masks;
    if (mask.kind !== "structured") throw new Error("the second mask is structured");
    const clients = [0, 1].map((client) => ({ client, mask, localSteps: 2, weight: 1 + client }));
    for (const encoding of specs) {
      const apart = runBlock(withEncoding(encoding), start, blockOf(...clients)).sum;
      const together = runBlock(withEncoding(encoding), start, { ...blockOf(...clients), commonMask: mask }).sum;
      const kept = expandMask(network, mask);
      expect(together).toEqual(apart.filter((_, i) => kept[i] === 1));
    }
  });

  it("is, with what is left for the next round, what the client wanted to send; the rest of the residual waits", () => {
    const encoding = { ...topK, values: "float32" } as const;
    const residual = Float32Array.from({ length: size }, (_, i) => ((i % 5) - 2) / 64);
    for (const mask of masks) {
      const assignment = { client: 1, mask, localSteps: 3, weight: 1 };
      const update = runBlock(context, start, blockOf(assignment)).sum;
      const { sum, states } = runBlock(withEncoding(encoding), start, blockOf({ ...assignment, state: { residual } }));
      const left = states?.[0].residual ?? new Float32Array(0);
      const kept = expandMask(network, mask);
      for (let i = 0; i < size; i++) {
        if (kept[i] === 0) expect(left[i]).toBe(residual[i]);
        else expect(sum[i] + left[i]).toBe(Math.fround(update[i] + residual[i]));
      }
      expect(residual[3]).toBe(1 / 64);
    }
  });

  it("gives nothing back where the encoding has no feedback", () => {
    const block = blockOf({ client: 0, mask: masks[0], localSteps: 1, weight: 1 });
    for (const encoding of [...specs.filter(({ kind }) => kind !== "top-k"), { ...topK, feedback: false }])
      expect(runBlock(withEncoding(encoding), start, block)).not.toHaveProperty("states");
  });
});

describe("a federation with encoded updates", () => {
  it("has with float32 the bytes of one that names no encoding", async () => {
    const [named, unnamed] = [federate({ encoding: { kind: "float32" }, downlink: "float32" }), federate({})];
    const reports = await finish(named);
    await finish(unnamed);
    expect(named.checkpoint()).toEqual(unnamed.checkpoint());
    for (const { bytesUp, wireBytesUp, bytesDown, wireBytesDown } of reports) {
      expect(wireBytesUp).toBe(bytesUp);
      expect(wireBytesDown).toBe(bytesDown);
    }
  });

  it.each(specs)("$kind resumes to the same bytes from every round, whoever took part", async (encoding) => {
    const overrides = { encoding, participation: 0.6 };
    const saved: Uint8Array[] = [];
    const straight = federate(overrides);
    for await (const _ of straight.train({ checkpoint: { every: 1, save: async (bytes) => void saved.push(bytes) } }));
    expect(saved).toHaveLength(4);
    for (const resumeFrom of [...saved, federate(overrides).checkpoint()]) {
      const resumed = federate(overrides);
      for await (const _ of resumed.train({ resumeFrom }));
      expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    }
  });

  it.each(specs)("$kind is the same for any order of arrival and repeated updates", async (encoding) => {
    const [straight, shuffled] = [
      federate({ encoding }),
      federate({ encoding }, { arrival: (count) => [...Array(count).keys(), 0, 1].reverse() }),
    ];
    expect((await finish(shuffled)).length).toBe((await finish(straight)).length);
    expect(shuffled.checkpoint()).toEqual(straight.checkpoint());
  });

  it("counts the bytes of encoded updates beside 4 a parameter", async () => {
    const [report] = await finish(federate({ encoding: { kind: "int8" }, rounds: 1 }));
    const kept = report.clients.map(({ parameters }) => parameters);
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b);
    expect(report.bytesUp).toBe(4 * sum(kept));
    expect(report.wireBytesUp).toBe(sum(kept.map((count) => count + 4 * Math.ceil(count / 256))));
    expect(report.clients[0].encodedBytes).toBe(kept[0] + 4 * Math.ceil(kept[0] / 256));
  });

  it("leaves the residuals of clients that took no part or were dropped as they were", async () => {
    const given: Map<number, Float32Array | undefined>[] = [];
    const tampered = federate(
      { encoding: topK, participation: 0.8, nonFinite: "drop", rounds: 5 },
      {
        onBlock({ round, clients: [{ client, state }] }) {
          given[round] ??= new Map();
          given[round].set(client, state?.residual?.slice());
        },
        tamper(update) {
          const [report] = update.reports;
          if (update.round !== 2 || update.block !== 1) return update;
          return { ...update, sum: update.sum.map(() => 0), reports: [{ ...report, nonFiniteStep: 0 }], states: [] };
        },
        arrival: (count) => [...Array(count).keys()],
      },
    );
    const reports = await finish(tampered);
    expect(reports[2].dropped.length).toBeGreaterThan(0);
    let compared = 0;
    for (const client of [0, 1, 2, 3, 4]) {
      const rounds = given.flatMap((of, round) => (of.has(client) ? [round] : []));
      for (const [index, round] of rounds.entries()) {
        const next = rounds[index + 1];
        if (next === undefined || !reports[round].dropped.includes(client)) continue;
        expect(given[next].get(client)).toEqual(given[round].get(client));
        compared++;
      }
      if (rounds.length > 0) expect(given[rounds[0]].get(client)).toBeUndefined();
    }
    expect(compared).toBeGreaterThan(0);
  });

  it("sends at last what it left out: what the server has and what the client has left are all of its updates", async () => {
    const rounds = 30;
    const pull = Float32Array.from({ length: size }, (_, i) => (i % 7) / 64);
    const drift: LocalTrainer = (_, { parameters: { array }, steps }) => {
      for (let i = 0; i < size; i++) array[i] += pull[i];
      return { losses: new Float64Array(steps), flops: 1 };
    };
    const moved = async (feedback: boolean) => {
      const initial = new Float32Array(size);
      const encoding = { ...topK, feedback };
      const left: Float32Array[] = [];
      const tamper = (update: BlockUpdate) => {
        left.push(...(update.states ?? []).flatMap(({ residual }) => residual ?? []));
        return update;
      };
      const transport = testTransport(engine, { train: drift, tamper });
      const federation = createFederation(engine, smallFederation(transport, 1, { initial, encoding, rounds }));
      await finish(federation);
      return { parameters: federation.parameters, left: left.at(-1) };
    };
    const { parameters, left } = await moved(true);
    expect(parameters.map((value, i) => value + (left?.[i] ?? Number.NaN))).toEqual(pull.map((each) => rounds * each));
    expect(parameters.every((value, i) => value > 0 === pull[i] > 0)).toBe(true);
    const without = await moved(false);
    expect(without.parameters.filter((value) => value !== 0)).toHaveLength(Math.round(topK.share * size));
  });

  it("treats an update that the encoding does not carry as one that is not finite", async () => {
    const overrides = { encoding: { kind: "float16" }, initial: new Float32Array(size).fill(3e5), rounds: 1 } as const;
    await expect(finish(federate(overrides))).rejects.toMatchObject({ code: "FEDSCORE_NON_FINITE" });
    await expect(finish(federate({ ...overrides, nonFinite: "drop" }))).rejects.toThrow(
      "no client's update was finite",
    );
  });

  it.each([
    { what: "too few residuals", states: [], message: "what 0 clients carry, of 1 finite updates" },
    {
      what: "a short residual",
      states: [{ residual: new Float32Array(3) }],
      message: `a residual of 3 parameters, not ${size}`,
    },
    {
      what: "NaN in a residual",
      states: [{ residual: new Float32Array(size).fill(Number.NaN) }],
      message: "a residual with NaN at parameter 0",
    },
  ])("refuses an update with $what", async ({ states, message }) => {
    const tampered = federate({ encoding: topK }, { tamper: (update) => ({ ...update, states }) });
    await expect(finish(tampered)).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining(message),
    });
  });

  it("refuses an update without the residual that the encoding feeds back", async () => {
    const tampered = federate({ encoding: topK }, { tamper: ({ states: _, ...update }) => update });
    await expect(finish(tampered)).rejects.toThrow("the update of client 0 came without its residual");
  });

  it("refuses feedback where clients hold their own data, which is not to pass through the server", () => {
    const { points: _, ...own } = smallFederation(testTransport(engine), 1, { encoding: topK });
    const federation = (encoding: EncodingSpec) =>
      createFederation(engine, { ...own, clients: [{ rowCount: 3 }], encoding });
    expect(() => federation(topK)).toThrow("encoding.feedback must be false where clients hold their own data");
    expect(() => federation({ ...topK, feedback: false })).not.toThrow();
    const rounded = () =>
      createFederation(engine, {
        ...own,
        clients: [{ rowCount: 3 }],
        encoding: { kind: "float32" },
        downlink: "float16",
      });
    expect(rounded).toThrow("downlink must be float32 where clients hold their own data");
  });
});

describe("parameters that are sent in fewer bytes", () => {
  it.each(["float16", "bfloat16"] as const)(
    "%s: clients start at what they get, and the server's keep their bits",
    async (downlink) => {
      const still = federate(
        { downlink, rounds: 1 },
        { train: (_, { steps }) => ({ losses: new Float64Array(steps), flops: 1 }) },
      );
      const before = still.parameters;
      const [{ bytesDown, wireBytesDown, bytesUp, wireBytesUp }] = await finish(still);
      expect(still.parameters).toEqual(before);
      expect([wireBytesDown, wireBytesUp]).toEqual([bytesDown / 2, bytesUp]);
      const encoding = createEncoding(engine, { kind: downlink });
      const initial = encoding.decode(encoding.encode(before, { seed: 0, round: 0, client: 0 }), size);
      expect(initial).not.toEqual(before);
      const [rounded, there] = [federate({ downlink, rounds: 1 }), federate({ initial, rounds: 1 })];
      await finish(rounded);
      await finish(there);
      const moves = rounded.parameters.map((value, i) => value - before[i]);
      expect(Math.max(...moves.map(Math.abs))).toBeGreaterThan(1e-3);
      for (const [i, move] of moves.entries())
        expect(Math.abs(move - (there.parameters[i] - initial[i]))).toBeLessThan(2e-7);
    },
  );

  it("are refused where they are beyond the encoding", async () => {
    const federation = federate({ downlink: "float16", initial: new Float32Array(size).fill(7e4) });
    await expect(finish(federation)).rejects.toMatchObject({
      code: "FEDSCORE_NON_FINITE",
      message: "round 0: float16 does not carry parameter 0, 70000, to the clients",
    });
  });

  it("count the masks that a client cannot work out, as bit sets", async () => {
    const bytes = async (mask: Mask, isByRule: boolean) => {
      const maskFamily = { name: "fixed", source: "test", isByRule, assign: () => Array<Mask>(5).fill(mask) };
      const [{ bytesDown, wireBytesDown }] = await finish(federate({ maskFamily, rounds: 1 }));
      return wireBytesDown - bytesDown;
    };
    const expected = [0, 5 * 2, 5 * Math.ceil(size / 8)];
    for (const [index, mask] of masks.entries()) {
      expect(await bytes(mask, false)).toBe(expected[index]);
      expect(await bytes(mask, true)).toBe(0);
    }
  });
});
