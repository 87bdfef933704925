import { describe, expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import type { RoundTask } from "../../src/federation/messages.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { replayTransport } from "../../src/federation/replay-transport.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { Transport } from "../../src/federation/transport.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { type HeldFederation, pretendToTrain, smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();
const deadline = 0.05;

/** What a transport does where some of its clients never answer. */
type Patience = (signal: AbortSignal, task: RoundTask) => AsyncIterable<never> | Promise<void>;

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });

/** Answers but for some clients, and then waits as it can. */
function waiting(
  silent: readonly number[],
  patience: Patience,
  inner = testTransport(engine),
): Transport & { readonly tasks: RoundTask[] } {
  const tasks: RoundTask[] = [];
  return {
    ...inner,
    tasks,
    async *run(task, signal) {
      if (!signal) throw new Error("no signal");
      tasks.push(task);
      const blocks = task.blocks.filter(({ clients: [{ client }] }) => !silent.includes(client));
      yield* inner.run({ ...task, blocks }, signal);
      await patience(signal, task);
    },
  };
}

async function reportsOf(options: HeldFederation): Promise<{ reports: RoundReport[]; checkpoint: Uint8Array }> {
  const federation = createFederation(engine, options);
  const reports: RoundReport[] = [];
  for await (const report of federation.train()) reports.push(report);
  return { reports, checkpoint: federation.checkpoint() };
}

const clientsIn = ({ clients }: RoundReport) => clients.map(({ client }) => client);

describe("a round's deadline", () => {
  const patiences: readonly (readonly [string, Patience])[] = [
    ["returns when the signal aborts", aborted],
    [
      "throws when the signal aborts",
      async (signal) => {
        await aborted(signal);
        throw new Error("I was told to end");
      },
    ],
  ];
  it.each(patiences)("closes it on a transport that %s: who has not answered is late", async (_, patience) => {
    const transport = waiting([1, 3], patience);
    const { reports, checkpoint } = await reportsOf(smallFederation(transport, 4, { rounds: 2, deadline }));
    for (const report of reports) {
      expect(report.absent).toMatchObject([
        { client: 1, reason: "late" },
        { client: 3, reason: "late" },
      ]);
      expect(clientsIn(report)).toEqual([0, 2]);
      expect(report.seconds).toBeGreaterThan(0.8 * deadline);
    }
    expect(transport.tasks.map((task) => task.deadline)).toEqual([deadline, deadline]);
    const replay = replayTransport(testTransport(engine), reports);
    expect((await reportsOf(smallFederation(replay, 4, { rounds: 2 }))).checkpoint).toEqual(checkpoint);
  });

  it("closes it a second later on one that does not listen", async () => {
    const transport = waiting([0], () => new Promise<void>(() => {}));
    const { reports } = await reportsOf(smallFederation(transport, 2, { rounds: 1, deadline }));
    expect(reports[0].absent).toMatchObject([{ client: 0, reason: "late" }]);
    expect(reports[0].seconds).toBeGreaterThan(1);
  });

  it("still takes what a transport has when it is told", async () => {
    const inner = testTransport(engine);
    const transport: Transport = {
      ...inner,
      async *run(task, signal) {
        if (signal) await aborted(signal);
        for await (const update of inner.run(task)) yield update;
      },
    };
    const { reports, checkpoint } = await reportsOf(smallFederation(transport, 3, { rounds: 1, deadline }));
    expect(reports[0].absent).toEqual([]);
    expect((await reportsOf(smallFederation(inner, 3, { rounds: 1 }))).checkpoint).toEqual(checkpoint);
  });

  it("that is not reached changes no byte", async () => {
    const options = (more: object) => smallFederation(poolTransport(new InThreadPool(engine)), 3, more);
    const { checkpoint, reports } = await reportsOf(options({ deadline: 1000, aggregationGoal: 3 }));
    expect(reports.every(({ absent }) => absent.length === 0)).toBe(true);
    expect(checkpoint).toEqual((await reportsOf(options({}))).checkpoint);
  });

  it("stops a run of which nobody answers", async () => {
    const federation = createFederation(engine, smallFederation(waiting([0, 1], aborted), 2, { deadline }));
    await expect(federation.train().next()).rejects.toMatchObject({ code: "FEDSCORE_TOO_FEW_UPDATES" });
  });

  it("hides no failure before it, and no abort after it", async () => {
    const broken = waiting([0], async () => {
      throw new Error("the line is cut");
    });
    const cut = createFederation(engine, smallFederation(broken, 2, { deadline: 1000 }));
    await expect(cut.train().next()).rejects.toThrow("the line is cut");
    const controller = new AbortController();
    const transport = waiting([0], async (signal) => {
      await aborted(signal);
      controller.abort();
      throw new Error("I was told to end");
    });
    const run = createFederation(engine, smallFederation(transport, 2, { deadline }));
    await expect(run.train({ signal: controller.signal }).next()).rejects.toMatchObject({
      code: "FEDSCORE_ABORTED",
    });
    expect(run.round).toBe(0);
  });

  it("does not excuse a transport that ends before it", async () => {
    const federation = createFederation(
      engine,
      smallFederation(
        waiting([0], async () => {}),
        2,
        { deadline: 1000 },
      ),
    );
    await expect(federation.train().next()).rejects.toMatchObject({
      code: "FEDSCORE_WORKER",
      message: "test ended without an update for each block",
    });
  });
});

describe("an aggregation goal", () => {
  it("closes the round when as many updates have come", async () => {
    const transport = waiting([1], aborted);
    const { reports } = await reportsOf(smallFederation(transport, 4, { rounds: 2, aggregationGoal: 3 }));
    expect(reports.map(clientsIn)).toEqual([
      [0, 2, 3],
      [0, 2, 3],
    ]);
    expect(transport.tasks[0]).toMatchObject({ aggregationGoal: 3 });
  });

  it("is not reached by updates that are not finite", async () => {
    const inner = testTransport(engine, {
      train: (on, task) => ({ ...pretendToTrain(on, task), ...(task.client === 0 && { nonFiniteStep: 1 }) }),
    });
    const options = { rounds: 1, nonFinite: "drop", deadline, aggregationGoal: 2 } as const;
    const { reports } = await reportsOf(smallFederation(waiting([3], aborted, inner), 4, options));
    expect(reports[0]).toMatchObject({ dropped: [0], clients: [{ client: 0 }, { client: 1 }, { client: 2 }] });
    const fewer = { ...options, aggregationGoal: 3 };
    const waited = await reportsOf(smallFederation(waiting([3], aborted, inner), 4, fewer));
    expect(waited.reports[0].seconds).toBeGreaterThan(0.8 * deadline);
  });
});
