import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockFold, type ClientOutcome } from "../../src/federation/block-fold.js";
import { blockId } from "../../src/federation/blocks.js";
import { type BlockContext, runAlone, runBlocks } from "../../src/federation/client-block.js";
import { createFederation } from "../../src/federation/federation.js";
import { foldClients } from "../../src/federation/fold-clients.js";
import type { ArrivedUpdate, Block, ClientAssignment, RoundTask } from "../../src/federation/messages.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { RoundSum } from "../../src/federation/round-sum.js";
import { openTraining } from "../../src/federation/training-tasks.js";
import type { Transport } from "../../src/federation/transport.js";
import { layoutOf } from "../../src/network/spec.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { gatherKept } from "../../src/pruning/kept-entries.js";
import type { Mask } from "../../src/pruning/mask.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";
import { networkOf } from "../support/networks.js";

const engine = await simdEngine();
const clients = 130;
const points = Float32Array.from({ length: 4 * clients }, (_, index) => Math.sin(index));
const network = networkOf({ dimension: 2, hidden: [5, 4] });
const { size } = layoutOf(network);
const options = {
  ...{ network, training: { batchSize: 4 }, localSteps: 2, rounds: 2, points },
  clients: Array.from({ length: clients }, (_, n) => ({ rows: Uint32Array.of(2 * n, 2 * n + 1) })),
} satisfies Partial<FederationOptions>;

const masks: Mask[] = [
  { kind: "full" },
  { kind: "structured", kept: [Uint32Array.of(0, 2, 4), Uint32Array.of(1, 3)] },
  { kind: "unstructured", keep: Uint8Array.from({ length: size }, (_, i) => (i % 3 === 0 ? 0 : 1)) },
];

/** One client trains and sends where it ended, as from its own machine. */
function alone(context: BlockContext, parameters: Float32Array, block: Block, assignment: ClientAssignment) {
  const { mask } = assignment;
  const { local, report } = runAlone(context, { parameters, blocks: [{ ...block, clients: [assignment] }] });
  const sent = mask.kind === "unstructured" ? gatherKept(compileMask(context.setup.network, mask), local) : local;
  return { local: sent, report };
}

/** What stands for a region: asks its clients and folds what they gave. */
function aggregator(context: BlockContext, parameters: Float32Array, block: Block): ArrivedUpdate {
  function* outcomes(): Generator<ClientOutcome> {
    for (const assignment of block.clients) yield alone(context, parameters, block, assignment);
  }
  return foldClients(context.setup, parameters, block, outcomes());
}

/** The setup of a federation, and the parameters that it starts from. */
async function scene(): Promise<{ context: BlockContext; parameters: Float32Array }> {
  const contexts: BlockContext[] = [];
  const transport: Transport = {
    name: "asks for the setup",
    open: async (setup) => void contexts.push(openTraining(engine, setup)),
    forget: async () => {},
    async *run() {},
    close: async () => {},
  };
  const federation = createFederation(engine, { ...options, transport });
  await expect(federation.train().next()).rejects.toThrow();
  return { context: contexts[0], parameters: federation.parameters };
}

const { context, parameters } = await scene();

function blockOf(number: number, assignments: readonly ClientAssignment[], common: boolean): Block {
  const id = blockId("run", 0, number);
  const [{ mask }] = assignments;
  const commonMask = common && mask.kind !== "unstructured" && { commonMask: mask };
  return {
    id,
    setup: "run",
    round: 0,
    block: number,
    clients: assignments,
    ...commonMask,
    flops: 1,
    nonFinite: "drop",
  };
}

const regions = fc.array(
  fc.array(fc.record({ mask: fc.constantFrom(...masks), weight: fc.integer({ min: 1, max: 99 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

/** Regions of any sizes as blocks: their clients are numbered through. */
function blocksOf(given: readonly (readonly { mask: Mask; weight: number }[])[]): Block[] {
  let next = 0;
  return given.map((members, number) => {
    const assignments = members.map(({ mask, weight }) => ({ client: next++, mask, localSteps: 2, weight }));
    return blockOf(
      number,
      assignments,
      members.every(({ mask }) => mask === members[0].mask),
    );
  });
}

function totalOf(blocks: readonly Block[], updates: readonly ArrivedUpdate[]): Float64Array {
  const sum = new RoundSum(context.setup.network, blocks, new Float64Array(size));
  for (const update of updates) sum.add(update);
  return sum.total;
}

describe("a region that folds its clients", () => {
  it("answers as a machine that trains all of them, for any regions, masks and weights", () => {
    fc.assert(
      fc.property(regions, (given) => {
        const blocks = blocksOf(given);
        const flat = runBlocks(context, { parameters, blocks });
        const tree = blocks.map((block) => aggregator(context, parameters, block));
        expect(tree).toEqual(flat);
        expect(totalOf(blocks, tree.reverse())).toEqual(totalOf(blocks, flat));
      }),
      { numRuns: 30 },
    );
  });

  it.each([1, 2, 7])(
    "gives the bytes of a flat run in whatever order regions answer: those of %i zones, the last zone first",
    async (zones) => {
      const contexts = new Map<string, BlockContext>();
      const region = (task: RoundTask, block: Block) =>
        aggregator(contexts.get(block.setup) ?? context, task.parameters, block);
      const regions: Transport = {
        name: "regions",
        open: async (setup) => void contexts.set(setup.id, openTraining(engine, setup)),
        forget: async () => {},
        async *run(task) {
          for (let each = zones - 1; each >= 0; each--)
            for (const block of task.blocks) if (block.block % zones === each) yield region(task, block);
        },
        close: async () => {},
      };
      const [there, here] = [await train(regions), await train(poolTransport(new InThreadPool(engine)))];
      expect(there).toEqual(here);
    },
  );

  it.each(masks)(
    "keeps to a block's largest norm as a machine that trains all, and where clients do not: %o",
    (mask) => {
      const [plain] = blocksOf([[1, 4].map((weight) => ({ mask, weight }))]);
      const block = { ...plain, clipNorm: 1e-3 };
      const outcomes = block.clients.map((assignment) => {
        const alone = { ...block, clients: [assignment] };
        const { encoded = new Uint8Array(0), ...rest } = runAlone(context, { parameters, blocks: [alone] });
        return { ...rest, local: new Float32Array(encoded.slice().buffer) };
      });
      const fold = (given: readonly ClientOutcome[]) => foldClients(context.setup, parameters, block, given);
      expect([fold(outcomes)]).toEqual(runBlocks(context, { parameters, blocks: [block] }));
      const long = outcomes.map((each) => ({ ...each, local: each.local.map(() => 1e30), isWithin: true }));
      const { sum, within } = fold(long);
      expect(within).toBe(2);
      const norm = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
      expect(norm).toBeLessThan(2e-3 * (1 + 1e-6));
      expect(norm).toBeGreaterThan(2e-3 * (1 - 1e-5));
      const [{ isWithin: _, ...silent }] = outcomes;
      expect(() => fold([silent, outcomes[1]])).toThrow("outcome.isWithin must be true or false, got undefined");
    },
  );

  it("gives back the control variates of its clients at their places", () => {
    const [block] = blocksOf([[{ mask: masks[2], weight: 1 }]]);
    const { kept, keep } = compileMask(network, masks[2]);
    const [outcome] = block.clients.map((assignment) => alone(context, parameters, block, assignment));
    const fold = (control: Float32Array) => foldClients(context.setup, parameters, block, [{ ...outcome, control }]);
    const { states } = fold(new Float32Array(kept).fill(2));
    expect(states).toEqual([{ control: Float32Array.from(keep, (flag) => 2 * flag) }]);
    expect(() => fold(new Float32Array(kept + 1))).toThrow("outcome.control");
    expect(() => fold(new Float32Array(kept).fill(Number.NaN))).toThrow("outcome.control[0] must be finite");
  });

  it("says what does not fit: another client, another length, what is not finite, too few or too many", () => {
    const [block] = blocksOf([[0, 1].map(() => ({ mask: masks[0], weight: 1 }))]);
    const outcomes = block.clients.map((assignment) => alone(context, parameters, block, assignment));
    const fold = (given: readonly ClientOutcome[]) => () => foldClients(context.setup, parameters, block, given);
    expect(fold(outcomes.toReversed())).toThrow("outcome.report.client must be 0, whose turn it is, got 1");
    expect(fold(outcomes.slice(1))).toThrow("outcome.report.client must be 0");
    expect(fold(outcomes.slice(0, 1))).toThrow("outcomes must be those of 2 clients, got 1");
    expect(fold([...outcomes, outcomes[0]])).toThrow("outcomes must be those of 2 clients, got 3");
    expect(fold([{ ...outcomes[0], local: new Float32Array(3) }])).toThrow("outcome.local");
    const infinite = outcomes[0].local.with(1, Number.POSITIVE_INFINITY);
    expect(fold([{ ...outcomes[0], local: infinite }])).toThrow("outcome.local[1] must be finite, got Infinity");
    expect(fold([{ absent: { client: 1, reason: "late" } }])).toThrow("outcome.absent.client must be 0");
    expect(fold([{ absent: null as never }])).toThrow("outcome.absent[0]");
    expect(fold([{ absent: { client: 0, reason: "tired" as never } }])).toThrow("outcome.absent[0].reason");
    expect(() => new BlockFold(context.setup, parameters.subarray(1), block)).toThrow("parameters");
    const encoding = { kind: "top-k", feedback: true } as never;
    expect(() => new BlockFold({ ...context.setup, encoding }, parameters, block)).toThrow("setup.encoding.feedback");
  });
});

async function train(transport: Transport) {
  const federation = createFederation(engine, { ...options, transport });
  const reports = [];
  for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
  return { parameters: federation.parameters, reports };
}
