import { describe, expect, it } from "vitest";
import { createFederation } from "../../src/federation/federation.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { Transport } from "../../src/federation/transport.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import type { WorkerPool } from "../../src/workers/worker-pool.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation, testTransport } from "./support.js";

const engine = await simdEngine();

/** A transport whose updates something has happened to. */
function tampered(change: (update: object) => unknown): Transport {
  const honest = testTransport(engine);
  return {
    ...honest,
    async *run(round, signal) {
      for await (const update of honest.run(round, signal)) yield change(update) as never;
    },
  };
}

const report = (change: object) => (update: object) => ({
  ...update,
  reports: (update as { reports: object[] }).reports.map((each) => ({ ...each, ...change })),
});

const absent = (list: unknown) => (update: object) => ({ ...update, reports: [], absent: list });

const reportedBy = (update: object) => (update as { reports: { client: number }[] }).reports[0].client;

type Fault = readonly [what: string, make: (update: object) => unknown, message: string];

const faults: readonly Fault[] = [
  ["null", () => null, "update must be an object, got null"],
  ["nothing", () => undefined, "update must be an object, got undefined"],
  ["a text", () => "done", 'update must be an object, got "done"'],
  ["no sum", (update) => ({ ...update, sum: undefined }), "update.sum must be a Float32Array, got undefined"],
  [
    "what JSON makes of it",
    (update) => JSON.parse(JSON.stringify(update)),
    "update.sum must be a Float32Array, got Object",
  ],
  ["no reports", (update) => ({ ...update, reports: undefined }), "update.reports must be an array, got undefined"],
  ["null as a report", (update) => ({ ...update, reports: [null] }), "update.reports[0] must be an object, got null"],
  ["a loss that JSON lost", report({ loss: null }), "update.reports[0].loss must be a number, got null"],
  ...(["client", "loss", "steps", "flops", "parameters"] as const).flatMap((key): Fault[] => [
    [`NaN as ${key}`, report({ [key]: Number.NaN }), `update.reports[0].${key} must be finite, got NaN`],
    [`a text as ${key}`, report({ [key]: "1" }), `update.reports[0].${key} must be a number, got "1"`],
  ]),
  ["too few reports", (update) => ({ ...update, reports: [] }), "does not report on the clients of its block"],
  ["an absence that is none", absent([null]), "update.absent[0] must be an object, got null"],
  ["no list of absences", absent("client 3"), 'update.absent must be an array, got "client 3"'],
  [
    "an unknown reason",
    absent([{ client: 0, reason: "tired" }]),
    'update.absent[0].reason must be one of "late", "lost" or "refused", got "tired"',
  ],
  [
    "a client that is half a one",
    absent([{ client: 0.5, reason: "late" }]),
    "update.absent[0].client must be an integer",
  ],
  ["no text", absent([{ client: 0, reason: "late", message: 3 }]), "update.absent[0].message must be a text, got 3"],
  [
    "a client reported and absent",
    (update) => ({ ...update, absent: [{ client: reportedBy(update), reason: "late" }] }),
    "is none of them, or named twice",
  ],
  [
    "a stranger in place of a client",
    (update) => ({ ...update, reports: [], absent: [{ client: 9, reason: "late" }] }),
    "does not report on the clients of its block: client 0 is neither reported nor absent in its turn",
  ],
  ["no sum of a client that answered", (update) => ({ ...update, sum: new Float32Array(0) }), "has 0 parameters, not "],
  ["a longer sum", (update) => ({ ...update, sum: new Float32Array(3) }), "has 3 parameters, not "],
  ["another id", (update) => ({ ...update, id: "x" }), "answers no block of this run"],
  [
    "NaN in a sum",
    (update) => ({
      ...update,
      sum: (update as { sum: Float32Array }).sum.map((value, i) => (i === 2 ? Number.NaN : value)),
    }),
    "round 0: the updates average to NaN at parameter 2, though no client reports NaN or Infinity",
  ],
];

async function firstRound(transport: Transport): Promise<unknown> {
  const run = createFederation(engine, smallFederation(transport, 3));
  try {
    return (await run.train().next()).value;
  } catch (error) {
    expect(run.round).toBe(0);
    return error;
  }
}

describe("a transport of one's own", () => {
  it("is fine as it is", async () => {
    expect(await firstRound(tampered((update) => update))).toMatchObject({ round: 0 });
  });

  it.each(faults)("that gives %s is refused, and says what is wrong", async (_, change, problem) => {
    expect(await firstRound(tampered(change))).toMatchObject({
      code: "FEDSCORE_WORKER",
      message: expect.stringContaining(problem),
    });
  });
});

describe("the absence of clients", () => {
  it("may come with a sum, which is not read", async () => {
    const transport = tampered((update) =>
      reportedBy(update) > 0
        ? update
        : { ...update, sum: new Float32Array(89).fill(7), reports: [], absent: [{ client: 0, reason: "lost" }] },
    );
    const empty = tampered((update) =>
      reportedBy(update) > 0
        ? update
        : { ...update, sum: new Float32Array(0), reports: [], absent: [{ client: 0, reason: "lost" }] },
    );
    const [a, b] = [await firstRound(transport), await firstRound(empty)] as RoundReport[];
    expect(a.absent).toMatchObject([{ client: 0, reason: "lost" }]);
    expect(a.updateNorm).toBe(b.updateNorm);
  });
});

describe("workers of one's own", () => {
  const answers: readonly (readonly [string, (answer: unknown) => unknown])[] = [
    ["nothing", () => undefined],
    ["null", () => null],
    ["no update", () => []],
    ["one update too few", (answer) => (answer as unknown[]).slice(1)],
    ["one update too many", (answer) => [...(answer as unknown[]), (answer as unknown[])[0]]],
    ["a null for each update", (answer) => (answer as unknown[]).map(() => null)],
  ];
  it.each(answers)("that answer with %s end the round with FEDSCORE_WORKER", async (_, change) => {
    const honest = new InThreadPool(engine);
    const pool: WorkerPool = {
      name: "foreign",
      size: 2,
      sharesMemory: false,
      call: async (job, input, options) => change(await honest.call(job, input, options)) as never,
      install: (key, installation) => honest.install(key, installation),
      uninstall: (key) => honest.uninstall(key),
      close: () => honest.close(),
    };
    expect(await firstRound(poolTransport(pool))).toMatchObject({ code: "FEDSCORE_WORKER" });
    const shared: WorkerPool = { ...pool, sharesMemory: true };
    expect(await firstRound(poolTransport(shared))).toMatchObject({ code: "FEDSCORE_WORKER" });
  });
});
