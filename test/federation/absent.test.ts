import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import type { AbsentClient, Block, RoundTask } from "../../src/federation/messages.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { Transport } from "../../src/federation/transport.js";
import { layoutOf } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { prefix } from "../../src/pruning/families/prefix.js";
import { simdEngine } from "../support/engines.js";
import { type HeldFederation, pretendToTrain, smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();

/** Who does not answer in a round. */
type Absence = (round: number) => readonly AbsentClient[];

/** As a transport does whose clients do not all answer: the others of their block are summed. */
function losing(absence: Absence, inner: Transport = testTransport(engine)): Transport {
  const left = (block: Block, absent: readonly AbsentClient[]): Block => ({
    ...block,
    clients: block.clients.filter(({ client }) => !absent.some((each) => each.client === client)),
  });
  return {
    ...inner,
    async *run(task: RoundTask, signal) {
      for (const block of task.blocks) {
        const absent = absence(block.round).filter((each) =>
          block.clients.some(({ client }) => client === each.client),
        );
        for await (const update of inner.run({ ...task, blocks: [left(block, absent)] }, signal))
          yield { ...update, absent };
      }
    },
  };
}

const late = (...clients: number[]): AbsentClient[] => clients.map((client) => ({ client, reason: "late" }));

async function runs(
  options: HeldFederation,
): Promise<{ reports: RoundReport[]; checkpoint: Uint8Array; parameters: Float32Array }> {
  const federation = createFederation(engine, options);
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return { reports, checkpoint: federation.checkpoint(), parameters: federation.parameters };
}

describe("a round that some clients do not answer", () => {
  it("is averaged over those that answered", async () => {
    const initial = new Float32Array(layoutOf(smallFederation(testTransport(engine), 1).network as never).size);
    const options = smallFederation(
      losing(() => late(1)),
      3,
      { rounds: 1, localSteps: 1, initial },
    );
    const { reports, parameters } = await runs(options);
    // From 0 half way to 1 and to 3, the targets of clients 0 and 2: 0.5 and 1.5.
    expect(new Set(parameters)).toEqual(new Set([1]));
    expect(reports[0]).toMatchObject({ loss: 2, dropped: [], clients: [{ client: 0 }, { client: 2 }] });
  });

  it("weighs those that answered by their rows", async () => {
    const rows = (first: number, count: number) => Uint32Array.from({ length: count }, (_, i) => first + i);
    const { network } = smallFederation(testTransport(engine), 1);
    const options = smallFederation(
      losing(() => late(0)),
      3,
      {
        ...{ rounds: 1, localSteps: 1, weighting: "samples" },
        initial: new Float32Array(layoutOf(network as never).size),
        clients: [{ rows: rows(0, 2) }, { rows: rows(2, 3) }, { rows: rows(5, 1) }],
      },
    );
    // (3 * 1 + 1 * 1.5) / 4
    expect(new Set((await runs(options)).parameters)).toEqual(new Set([1.125]));
  });

  it("counts what they were sent, and neither an upload nor coverage", async () => {
    const ratios = [1, 0.5, 0.5];
    const clients = ratios.map((keepRatio, id) => ({ rows: Uint32Array.of(id), keepRatio }));
    const refusal: AbsentClient = { client: 0, reason: "refused", message: "not today" };
    const transport = losing((round) => (round === 1 ? [refusal] : []));
    const { reports } = await runs(smallFederation(transport, 3, { clients, maskFamily: prefix, rounds: 2 }));
    const [all, some] = reports;
    const kept = all.clients.map(({ parameters }) => 4 * parameters);
    expect(kept[0]).toBeGreaterThan(kept[1]);
    expect(all).toMatchObject({ absent: [], bytesUp: kept[0] + 2 * kept[1], bytesDown: kept[0] + 2 * kept[1] });
    expect(some).toMatchObject({ bytesUp: 2 * kept[1], bytesDown: kept[0] + 2 * kept[1] });
    expect(some.absent).toEqual([{ ...refusal, parameters: all.clients[0].parameters }]);
    expect(some.coverage).toMatchObject({ clients: 2, uncovered: (kept[0] - kept[1]) / 4 });
  });

  it("leaves what only they keep as it is, to the bit", async () => {
    const clients = [1, 0.5].map((keepRatio, id) => ({ rows: Uint32Array.of(id), keepRatio }));
    const options = smallFederation(
      losing(() => late(0)),
      2,
      { clients, maskFamily: prefix, rounds: 1 },
    );
    const federation = createFederation(engine, options);
    const before = federation.parameters;
    const [assigned] = prefix.assign({
      ...{ engine, spec: federation.options.network, seed: 1, round: 0, parameters: before },
      clients: [{ id: 1, keepRatio: 0.5 }],
    });
    for await (const _ of federation.train()) break;
    const after = federation.parameters;
    const moved = after.filter((value, i) => !Object.is(value, before[i])).length;
    expect(moved).toBe(compileMask(federation.options.network, assigned).kept);
  });

  it("is the round of a federation of the others alone: whoever they are, in every round", async () => {
    const clients = 5;
    const some = fc.subarray([...Array(clients).keys()], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom("fedavg", "fedadam"), async (present, kind) => {
        const absent = late(...Array.from({ length: clients }, (_, id) => id).filter((id) => !present.includes(id)));
        const settings = { rounds: 2, server: { kind } } as const;
        const { parameters } = await runs(
          smallFederation(
            losing(() => absent),
            clients,
            settings,
          ),
        );
        const renamed = testTransport(engine, {
          train: (on, task) => pretendToTrain(on, { ...task, client: present[task.client] }),
        });
        expect(parameters).toEqual((await runs(smallFederation(renamed, present.length, settings))).parameters);
      }),
      { numRuns: 20 },
    );
  });

  it("may have blocks of several clients of which some answer", async () => {
    const clients = 130;
    const absent = late(1, 2, 3, 64, 127, 128, 129);
    const initial = new Float32Array(layoutOf(smallFederation(testTransport(engine), 1).network as never).size);
    const options = smallFederation(
      losing(() => absent),
      clients,
      { rounds: 1, localSteps: 1, initial },
    );
    const { parameters, reports } = await runs(options);
    const gone = new Set(absent.map(({ client }) => client));
    const targets = Array.from({ length: clients }, (_, id) => id + 1).filter((target) => !gone.has(target - 1));
    expect(parameters[0]).toBe(Math.fround(targets.reduce((sum, target) => sum + target / 2, 0) / targets.length));
    expect(reports[0].absent.map(({ client }) => client)).toEqual([...gone]);
  });

  it("goes on from a checkpoint as if nothing had happened", async () => {
    const absence: Absence = (round) => late(...(round % 2 === 0 ? [0, 2] : [1]));
    const options = smallFederation(losing(absence), 4, { rounds: 5, server: { kind: "fedyogi" }, ema: 0.5 });
    const straight = await runs(options);
    const first = createFederation(engine, options);
    for await (const { round } of first.train()) if (round === 2) break;
    const second = createFederation(engine, options);
    const rounds: number[] = [];
    for await (const { round } of second.train({ resumeFrom: first.checkpoint() })) rounds.push(round);
    expect(rounds).toEqual([3, 4]);
    expect(second.checkpoint()).toEqual(straight.checkpoint);
  });
});

describe("a round with too few updates", () => {
  it.each([
    [1, late(0, 1, 2), 0],
    [3, late(1), 2],
  ])("stops the run: at least %d", async (minimumUpdates, absent, got) => {
    const transport = losing((round) => (round === 2 ? absent : []));
    const federation = createFederation(engine, smallFederation(transport, 3, { rounds: 4, minimumUpdates }));
    const saved: Uint8Array[] = [];
    const checkpoint = { every: 100, save: async (bytes: Uint8Array) => void saved.push(bytes) };
    const end = (async () => {
      for await (const _ of federation.train({ checkpoint }));
    })();
    await expect(end).rejects.toMatchObject({
      code: "FEDSCORE_TOO_FEW_UPDATES",
      message: `round 2: ${got} updates where at least ${minimumUpdates} are wanted (${absent.length} late)`,
      details: { round: 2, wanted: minimumUpdates, got },
    });
    expect(federation.round).toBe(2);
    expect(saved).toEqual([federation.checkpoint()]);
    const patient = createFederation(engine, smallFederation(testTransport(engine), 3, { rounds: 4 }));
    for await (const _ of patient.train({ resumeFrom: saved[0] }));
    expect(patient.parameters).toEqual(
      (await runs(smallFederation(testTransport(engine), 3, { rounds: 4 }))).parameters,
    );
  });

  it("counts finite updates only, and says what became of the others", async () => {
    const transport = losing(
      () => [{ client: 2, reason: "lost" }],
      testTransport(engine, {
        train: (on, task) => ({ ...pretendToTrain(on, task), ...(task.client === 1 && { nonFiniteStep: 0 }) }),
      }),
    );
    const options = smallFederation(transport, 3, { nonFinite: "drop", minimumUpdates: 2 });
    await expect(createFederation(engine, options).train().next()).rejects.toThrow(
      "round 0: 1 updates where at least 2 are wanted (1 lost, 1 not finite)",
    );
  });

  it.each([
    [{ minimumUpdates: 3 }, "minimumUpdates must be at most the 2 clients of a round, got 3"],
    [{ aggregationGoal: 3 }, "aggregationGoal must be at most the 2 clients of a round, got 3"],
    [{ minimumUpdates: 2, aggregationGoal: 1 }, "aggregationGoal must be at least minimumUpdates = 2, got 1"],
    [{ minimumUpdates: 0 }, "minimumUpdates must be an integer >= 1, got 0"],
    [{ deadline: 0 }, "deadline must lie in (0, 2147483], got 0"],
  ])("is refused where it must come: %j", (settings, message) => {
    const options = smallFederation(testTransport(engine), 4, { participation: 0.5, ...settings });
    expect(() => createFederation(engine, options)).toThrow(message);
  });
});
