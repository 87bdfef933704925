import { describe, expect, it } from "vitest";
import type { ClientOutcome } from "../../src/federation/block-fold.js";
import { type BlockContext, runAlone } from "../../src/federation/client-block.js";
import { createFederation } from "../../src/federation/federation.js";
import { foldClients } from "../../src/federation/fold-clients.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import { replayTransport } from "../../src/federation/replay-transport.js";
import { openTraining } from "../../src/federation/training-tasks.js";
import type { Transport } from "../../src/federation/transport.js";
import { compileMask } from "../../src/pruning/compiled-mask.js";
import { maskFamilies } from "../../src/pruning/families/index.js";
import { gatherKept } from "../../src/pruning/kept-entries.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { simdEngine } from "../support/engines.js";

const engine = await simdEngine();
/** Blocks of three clients each. */
const clients = 150;
const points = Float32Array.from({ length: 4 * clients }, (_, index) => Math.sin(index));
const options = {
  network: { dimension: 2, sigmaData: 1, hidden: [5, 4] },
  training: { batchSize: 4 },
  localSteps: 2,
  rounds: 2,
  participation: 0.9,
  points,
  clients: Array.from({ length: clients }, (_, n) => ({
    rows: Uint32Array.of(2 * n, 2 * n + 1),
    keepRatio: [1, 0.5, 0.5][n % 3],
  })),
} satisfies Partial<FederationOptions>;

/** Each client trains by itself; those that `isAbsent` names give nothing. */
function apart(isAbsent: (client: number) => boolean): Transport {
  let context: BlockContext | undefined;
  return {
    name: "apart",
    async open(setup) {
      context = openTraining(engine, setup);
    },
    async forget() {},
    async *run({ parameters, blocks }) {
      if (!context) return;
      const { setup } = context;
      const { network } = setup;
      for (const block of blocks) {
        const outcomes = block.clients.map((assignment): ClientOutcome => {
          const { client, mask } = assignment;
          if (isAbsent(client)) return { absent: { client, reason: "lost" } };
          const alone = { ...block, clients: [assignment] };
          const { local, report } = runAlone(context as BlockContext, { parameters, blocks: [alone] });
          return {
            report,
            local: mask.kind === "unstructured" ? gatherKept(compileMask(network, mask), local) : local,
          };
        });
        yield foldClients(setup, parameters, block, outcomes);
      }
    },
    async close() {},
  };
}

async function train(transport: Transport, more: Partial<FederationOptions>) {
  const federation = createFederation(engine, { ...options, ...more, transport });
  const reports = [];
  for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
  return { parameters: federation.parameters, reports };
}

describe("clients that train apart", () => {
  it.each(["full", "prefix", "random", "magnitude-unstructured"] as const)(
    "are folded to the bytes of their blocks, whoever of them is absent: %s",
    async (family) => {
      const more = { maskFamily: maskFamilies[family] };
      const pool = poolTransport(new InThreadPool(engine));
      expect(
        await train(
          apart(() => false),
          more,
        ),
      ).toEqual(await train(pool, more));
      const some = await train(
        apart((client) => client % 7 === 2),
        more,
      );
      const reports = some.reports.map((report) => ({ ...report, seconds: 0 }));
      expect(some.reports[0].absent.length).toBeGreaterThan(10);
      expect(await train(replayTransport(pool, reports), more)).toEqual(some);
    },
  );
});
