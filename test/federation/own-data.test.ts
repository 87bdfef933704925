import { describe, expect, it } from "vitest";
import type { BlockContext } from "../../src/federation/client-block.js";
import { runBlocks } from "../../src/federation/client-block.js";
import type { ClientOptions } from "../../src/federation/client-options.js";
import { createFederation, type Federation } from "../../src/federation/federation.js";
import type { TrainingSetup } from "../../src/federation/messages.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { openTraining } from "../../src/federation/training-tasks.js";
import type { Transport } from "../../src/federation/transport.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { smallFederation } from "./support.js";

const engine = await simdEngine();
const clients = 3;
const held = smallFederation(poolTransport(new InThreadPool(engine)), clients, { weighting: "samples" });
const rowsOf = (client: number) => held.points.slice(4 * client, 4 * client + 4);

/** Clients that alone have their data. */
function ownTransport(
  give: (client: number) => Float32Array = rowsOf,
): Transport & { readonly setups: TrainingSetup[] } {
  const contexts = new Map<string, BlockContext>();
  const setups: TrainingSetup[] = [];
  return {
    name: "own",
    setups,
    async open(setup) {
      setups.push(setup);
      contexts.set(setup.id, openTraining(engine, structuredClone(setup), give));
    },
    async forget(id) {
      contexts.delete(id);
    },
    async *run({ parameters, blocks }) {
      const context = contexts.get(blocks[0].setup);
      if (context) yield* runBlocks(context, { parameters, blocks: structuredClone(blocks) });
    },
    async close() {},
  };
}

/** The same federation, which does not have the points. */
function withoutPoints(transport: Transport, rowCounts: readonly number[] = [2, 2, 2]): FederationOptions {
  const { points: _, ...others } = held;
  return { ...others, transport, clients: rowCounts.map((rowCount) => ({ rowCount })) };
}

async function trained(federation: Federation, resumeFrom?: Uint8Array): Promise<Federation> {
  for await (const _ of federation.train({ resumeFrom }));
  return federation;
}

describe("clients that hold their own data", () => {
  it("train to the bytes of a federation that has them", async () => {
    const transport = ownTransport();
    const own = await trained(createFederation(engine, withoutPoints(transport)));
    expect(own.parameters).toEqual((await trained(createFederation(engine, held))).parameters);
    expect(transport.setups.map((setup) => Object.keys(setup).sort())).toEqual([
      ["clientRule", "id", "network", "schedule", "seed", "training"],
    ]);
    expect(own.options.points).toBeUndefined();
  });

  it("weigh as many rows as they say", async () => {
    // More than 2^32 together.
    const rowCounts = [7, ...new Array<number>(20).fill(2 ** 28), 1];
    const weights: number[] = [];
    const onRound = (start: { assignments: readonly { weight: number }[] }) =>
      void weights.push(...start.assignments.map(({ weight }) => weight));
    const federation = createFederation(engine, {
      ...withoutPoints(
        ownTransport(() => rowsOf(0)),
        rowCounts,
      ),
      rounds: 1,
    });
    for await (const _ of federation.train({ onRound })) break;
    expect(weights).toEqual(rowCounts);
  });

  it("are resumed by as many clients of the same sizes", async () => {
    const options = withoutPoints(ownTransport());
    const straight = await trained(createFederation(engine, options));
    const begun = createFederation(engine, options);
    for await (const _ of begun.train()) break;
    const resumed = await trained(createFederation(engine, options), begun.checkpoint());
    expect(resumed.checkpoint()).toEqual(straight.checkpoint());
    const others = createFederation(engine, withoutPoints(ownTransport(), [2, 2, 3]));
    await expect(trained(others, begun.checkpoint())).rejects.toMatchObject({
      code: "FEDSCORE_CHECKPOINT",
      message: expect.stringContaining("clients[].rowCount (checksum)"),
    });
    await expect(trained(createFederation(engine, held), begun.checkpoint())).rejects.toMatchObject({
      details: { key: "points (checksum)" },
    });
  });

  it("are no clients of a pool, which says so", async () => {
    const federation = createFederation(engine, withoutPoints(held.transport));
    await expect(trained(federation)).rejects.toMatchObject({
      code: "FEDSCORE_UNSUPPORTED",
      message: expect.stringMatching(
        /^in-thread: a pool trains on the points of the federation, and this one has none/,
      ),
    });
  });

  const wrong: readonly (readonly [string, Partial<FederationOptions> | { clients: unknown }, string])[] = [
    ["rows of no points", { clients: held.clients }, "points must be a Float32Array, got undefined"],
    [
      "rows beside own data",
      { clients: [{ rowCount: 1 }, { rows: Uint32Array.of(0) }] },
      "clients[1].rows must be left out where the federation has no points",
    ],
    [
      "own data beside points",
      { points: held.points, clients: [{ rows: Uint32Array.of(0) }, { rowCount: 1 }] },
      "clients[1].rowCount must be left out where the federation has points",
    ],
    ["no rows", { clients: [{ rowCount: 0 }] }, "clients[0].rowCount must be an integer in [1, 4294967295], got 0"],
    [
      "neither",
      { clients: [{ rowCount: 1 }, {}] },
      "clients[1].rowCount must be an integer in [1, 4294967295], got undefined",
    ],
    [
      "control variates in regions, whose sums have none",
      { regions: [1, 2], clientRule: { kind: "scaffold" } },
      "clientRule.kind must not be scaffold where regions of clients hold their own data",
    ],
    [
      "more than can be drawn from",
      { clients: [{ rowCount: 1 }, { rowCount: 2 ** 32 }] },
      "clients[1].rowCount must be an integer in [1, 4294967295], got 4294967296",
    ],
  ];
  it.each(wrong)("are refused where they say %s", (_, change, message) => {
    const options = { ...withoutPoints(ownTransport()), ...change } as FederationOptions;
    expect(() => createFederation(engine, options)).toThrow(message);
  });

  it.each([
    [() => new Float32Array(3), "rowsOf(0) must have a multiple of 2 entries, got 3"],
    [() => new Float32Array(0), "rowsOf(0) must hold at least 1 row, got 0"],
    [() => [1, 2], "rowsOf(0) must be a Float32Array, got array of 2"],
  ])("must give rows of the network's dimension: %s", async (give, message) => {
    await expect(trained(createFederation(engine, withoutPoints(ownTransport(give as never))))).rejects.toThrow(
      message,
    );
  });

  it("need somebody who gives them", async () => {
    const { setups, ...transport } = ownTransport();
    await trained(createFederation(engine, withoutPoints({ ...transport })));
    expect(() => openTraining(engine, setups[0])).toThrow("setup.points must be a Float32Array, got undefined");
    expect(() => openTraining(engine, setups[0], 3 as never)).toThrow("rowsOf must be a function, got 3");
  });

  it("may be any of many", () => {
    const many: readonly ClientOptions[] = Array.from({ length: 1000 }, (_, id) => ({
      rowCount: id + 1,
      keepRatio: 0.5,
    }));
    const federation = createFederation(engine, { ...withoutPoints(ownTransport()), clients: many });
    expect(federation.options.clients[999]).toEqual({ rowCount: 1000, keepRatio: 0.5 });
  });
});
