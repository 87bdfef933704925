/** Two aggregators, each with clients at a server of its own, between them and a coordinator. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import type { FederationOptions } from "../../../src/federation/options.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { replayTransport } from "../../../src/federation/replay-transport.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import type { Transport } from "../../../src/federation/transport.js";
import { createEngine } from "../../../src/kernels/index.js";
import { maskFamilies } from "../../../src/pruning/families/index.js";
import { aggregateFederation } from "../../../src/remote/aggregators/aggregate.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { natsTransport } from "../../../src/remote/clients/nats-transport.js";
import type { ClientPolicy } from "../../../src/remote/clients/policy.js";
import type { NatsTransport } from "../../../src/remote/clients/remote-transport.js";
import { createTarget } from "../../../src/targets/index.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

const engine = await createEngine({ variant: "simd" });
const aggregators = [
  { name: "north", clients: 3 },
  { name: "south", clients: 2 },
];
/** The same name in two regions is two clients. */
const clients = ["airline", "bank", "clinic", "airline", "depot"];
const perClient = 40;
const { points } = createTarget({ kind: "moons" }).sample(engine, perClient * clients.length, 1);
const rowsOf = (client: number) => points.slice(2 * perClient * client, 2 * perClient * (client + 1));
const keepRatios = [1, 0.5, 1, 0.5, 1];
const regions = aggregators.map(({ clients: count }) => count);

const common = {
  ...{ network: { dimension: 2, sigmaData: 1, hidden: [12, 12] }, training: { batchSize: 16 } },
  ...{ localSteps: 3, rounds: 3, weighting: "samples" },
} satisfies Partial<FederationOptions>;

async function train(transport: Transport, options: Partial<FederationOptions> & Pick<FederationOptions, "clients">) {
  const federation = createFederation(engine, { ...common, ...options, transport });
  const reports: Omit<RoundReport, "seconds">[] = [];
  for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
  return { parameters: federation.parameters, reports };
}

/** Where each client has its own rows. */
const there = (transport: Transport, more: Partial<FederationOptions> = {}) =>
  train(transport, { clients: keepRatios.map((keepRatio) => ({ rowCount: perClient, keepRatio })), ...more });

/** Where all rows are in one place. */
function here(more: Partial<FederationOptions> = {}, reports?: readonly Omit<RoundReport, "seconds">[]) {
  const pool = poolTransport(new InThreadPool(engine));
  const held = keepRatios.map((keepRatio, n) => ({
    rows: Uint32Array.from({ length: perClient }, (_, index) => perClient * n + index),
    keepRatio,
  }));
  const transport = reports ? replayTransport(pool, reports as RoundReport[]) : pool;
  return train(transport, { points, clients: held, ...more });
}

describe.skipIf(noServer !== undefined)(`aggregators${skipped}`, () => {
  let head: NatsServer;
  let own: NatsServer[];

  beforeAll(async () => {
    [head, ...own] = await Promise.all([NatsServer.start(), NatsServer.start(), NatsServer.start()]);
  });
  afterAll(async () => {
    await Promise.all([head, ...own].map((server) => server.remove()));
  });

  /** Runs `work` with a transport over two aggregators and their clients, who all leave when it is closed. */
  async function withRegions<Result>(
    work: (transport: NatsTransport) => Promise<Result>,
    policies: { readonly [client: number]: ClientPolicy } = {},
  ): Promise<Result> {
    let first = 0;
    const parts = aggregators.flatMap(({ name, clients: count }, region) => {
      const { url } = own[region];
      const members = Array.from({ length: count }, (_, index) => first + index);
      first += count;
      const upstream = { server: head.url };
      return [
        aggregateFederation({ name, server: { server: url }, upstream, minimumClients: count }),
        ...members.map((client) => {
          const data = { points: rowsOf(client), dimension: 2 };
          const rows = { data, heldOut: data, policy: policies[client] ?? {} };
          return joinFederation({ server: url, name: clients[client], ...rows, workers: 0 });
        }),
      ];
    });
    const transport = await natsTransport({ server: head.url, clients, aggregators });
    try {
      return await work(transport);
    } finally {
      await transport.close();
      await Promise.all(parts);
    }
  }

  async function expectSameBytes(family: "prefix" | "magnitude-unstructured") {
    const options = { maskFamily: maskFamilies[family], regions };
    const far = await withRegions(async (transport) => {
      const trained = await there(transport, options);
      expect(await transport.evaluate(trained.parameters)).toEqual(
        clients.map((_, client) => ({ client, rows: perClient, loss: expect.any(Number) })),
      );
      expect(transport.clientStatus().map(({ name, absent }) => [name, absent])).toEqual(
        ["north/airline", "north/bank", "north/clinic", "south/airline", "south/depot"].map((name) => [name, 0]),
      );
      expect(transport.refused).toEqual([]);
      return trained;
    });
    expect(far).toEqual(await here(options));
    // One number for each block: other blocks round in other places.
    expect(far.parameters).not.toEqual((await here({ maskFamily: maskFamilies[family] })).parameters);
  }
  const bytesOf = "give the bytes of a flat run whose blocks are the regions, with losses of each client: %s";
  it.each(["prefix"] as const)(bytesOf, { timeout: 30_000 }, expectSameBytes);
  it.each(["magnitude-unstructured"] as const)(bytesOf, { timeout: 30_000, tags: ["slow"] }, expectSameBytes);

  it("name the clients of theirs that give nothing, and why; other regions than theirs are refused", {
    tags: ["slow"],
    timeout: 30_000,
  }, async () => {
    const far = await withRegions(
      async (transport) => {
        const refused = { code: "FEDSCORE_UNSUPPORTED", message: expect.stringContaining("regions: [3, 2]") };
        for (const other of [undefined, [2, 3], [5]])
          await expect(there(transport, { regions: other })).rejects.toMatchObject(refused);
        return there(transport, { regions });
      },
      { 1: { mostRounds: 2 } },
    );
    const message = "its policy allows 2 rounds, and this is one more";
    expect(far.reports.map(({ absent }) => absent)).toEqual([
      [],
      [],
      [expect.objectContaining({ client: 1, reason: "refused", message })],
    ]);
    expect(far.parameters).toEqual((await here({ regions }, far.reports)).parameters);
  });
});
