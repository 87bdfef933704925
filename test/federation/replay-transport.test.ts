import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import { type AbsentClient, absenceReasons } from "../../src/federation/messages.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { replayTransport } from "../../src/federation/replay-transport.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { Transport } from "../../src/federation/transport.js";
import { prefix } from "../../src/pruning/families/prefix.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();
const pool = poolTransport(new InThreadPool(engine));
const rounds = 3;

/** Real training of clients of three capacities, some of a block. */
function federation(transport: Transport, clients: number, more: object = {}) {
  const options = smallFederation(transport, clients, { rounds, maskFamily: prefix, server: { kind: "fedavgm" } });
  const capable = options.clients.map((client, id) => ({ ...client, keepRatio: [1, 0.5, 0.25][id % 3] }));
  return createFederation(engine, { ...options, clients: capable, ...more });
}

async function reportsOf(run: ReturnType<typeof federation>, options = {}): Promise<RoundReport[]> {
  const reports: RoundReport[] = [];
  for await (const report of run.train(options)) reports.push(report);
  return reports;
}

const untimed = (reports: readonly RoundReport[]) => reports.map(({ seconds: _, ...report }) => report);
const absentIn = (...absent: readonly (readonly AbsentClient[])[]) =>
  absent.map((each, round) => ({ round, absent: each }));
const lost = (...clients: number[]) => clients.map((client) => ({ client, reason: "lost" }) as const);

describe("replayTransport", () => {
  it("gives the reports and the bytes of the run, whoever answered", async () => {
    const clients = 70;
    const fields = { client: fc.nat(clients - 1), reason: fc.constantFrom(...absenceReasons), message: fc.string() };
    const absence = fc.record(fields, { requiredKeys: ["client", "reason"] });
    const round = fc.uniqueArray(absence, { selector: ({ client }) => client, maxLength: clients - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: rounds, maxLength: rounds }), async (all) => {
        const written = all.map((each) => each.toSorted((a, b) => a.client - b.client));
        const first = federation(replayTransport(pool, absentIn(...all)), clients);
        const reports = await reportsOf(first);
        expect(reports.map(({ absent }) => absent.map(({ parameters: _, ...each }) => each))).toEqual(written);
        const again = federation(replayTransport(pool, reports), clients);
        expect(untimed(await reportsOf(again))).toEqual(untimed(reports));
        expect(again.checkpoint()).toEqual(first.checkpoint());
      }),
      { numRuns: 6 },
    );
  });

  it("goes on from a checkpoint of the run", async () => {
    const transport = replayTransport(pool, absentIn(lost(0), lost(1, 2), lost(3)));
    const straight = federation(transport, 4);
    await reportsOf(straight);
    const begun = federation(transport, 4);
    for await (const { round } of begun.train()) if (round === 1) break;
    const resumed = federation(replayTransport(pool, [{ round: 2, absent: lost(3) }]), 4);
    expect(await reportsOf(resumed, { resumeFrom: begun.checkpoint() })).toMatchObject([{ round: 2, absent: lost(3) }]);
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
  });

  it("without absences is the transport itself", async () => {
    const [plain, replayed] = [federation(pool, 4), federation(replayTransport(pool, absentIn([], [], [])), 4)];
    expect(untimed(await reportsOf(replayed))).toEqual(untimed(await reportsOf(plain)));
    expect(replayed.checkpoint()).toEqual(plain.checkpoint());
  });

  it("hands releases on", async () => {
    let released = 0;
    const inner = testTransport(engine);
    const counting: Transport = {
      ...inner,
      async *run(task, signal) {
        for await (const update of inner.run(task, signal)) yield { ...update, release: () => void released++ };
      },
    };
    await reportsOf(federation(replayTransport(counting, absentIn(lost(0), [], [])), 70));
    // 35 blocks of two clients.
    expect(released).toBe(rounds * 35);
  });

  it.each([
    ["a round that is not among them", absentIn([], []), "rounds must say who answered in round 2"],
    ["a client that is not asked", absentIn([], lost(9), []), "in round 1 it does not ask this client, got 9"],
  ])("refuses %s", async (_, absences, message) => {
    await expect(reportsOf(federation(replayTransport(pool, absences), 3))).rejects.toThrow(message);
  });

  it.each([
    [[{ round: -1, absent: [] }], "rounds[0].round must be an integer >= 0, got -1"],
    [
      [{ round: 0, absent: [{ client: 0, reason: "tired" }] }],
      'rounds[0].absent[0].reason must be one of "late", "lost" or "refused", got "tired"',
    ],
    [[{ round: 0 }], "rounds[0].absent must be an array, got undefined"],
  ])("refuses what is no round: %j", (wrong, message) => {
    expect(() => replayTransport(pool, wrong as never)).toThrow(message);
  });
});
