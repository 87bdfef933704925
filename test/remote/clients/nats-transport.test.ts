/** Federations whose clients hold their own rows, with a real server between them. */
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import type { FederationOptions } from "../../../src/federation/options.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import { replayTransport } from "../../../src/federation/replay-transport.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import type { Transport } from "../../../src/federation/transport.js";
import { createEngine } from "../../../src/kernels/index.js";
import { maskFamilies } from "../../../src/pruning/families/index.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import type { JoinOptions } from "../../../src/remote/clients/join-options.js";
import { type NatsTransport, natsTransport } from "../../../src/remote/clients/nats-transport.js";
import type { NatsTransportOptions } from "../../../src/remote/clients/transport-options.js";
import { createTarget } from "../../../src/targets/index.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

const engine = await createEngine({ variant: "simd" });
const names = ["airline", "bank", "clinic", "depot"];
const perClient = 50;
const { points } = createTarget({ kind: "moons" }).sample(engine, perClient * names.length, 1);
const rowsOf = (client: number) => points.slice(2 * perClient * client, 2 * perClient * (client + 1));

const common = {
  network: { dimension: 2, sigmaData: 1, hidden: [12, 12] },
  training: { batchSize: 16 },
  localSteps: 4,
  rounds: 3,
  weighting: "samples",
} satisfies Partial<FederationOptions>;

const keepRatios = [1, 0.5, 0.5, 1];

/** Where all rows are in one place. */
async function local(more: Partial<FederationOptions> = {}, reports?: readonly RoundReport[]) {
  const pool = poolTransport(new InThreadPool(engine));
  const clients = keepRatios.map((keepRatio, n) => ({
    rows: Uint32Array.from({ length: perClient }, (_, index) => perClient * n + index),
    keepRatio,
  }));
  return train(reports ? replayTransport(pool, reports) : pool, { points, clients, ...more });
}

/** Where each client has its own. */
function remote(transport: Transport, more: Partial<FederationOptions> = {}) {
  const clients = keepRatios.map((keepRatio) => ({ rowCount: perClient, keepRatio }));
  return train(transport, { clients, ...more });
}

async function train(
  transport: Transport,
  options: Partial<FederationOptions> & Pick<FederationOptions, "clients">,
): Promise<{ parameters: Float32Array; reports: Omit<RoundReport, "seconds">[] }> {
  const federation = createFederation(engine, { ...common, ...options, transport });
  const reports = [];
  for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
  return { parameters: federation.parameters, reports };
}

describe.skipIf(noServer !== undefined)(`clients by a server${skipped}`, () => {
  let server: NatsServer;
  let spy: NatsConnection;
  let leaving: AbortController;
  let joined: Promise<void>[] = [];
  let transport: NatsTransport | undefined;
  const notes: string[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
    spy = await connect({ servers: server.url });
  });
  afterEach(async () => {
    await transport?.close();
    leaving?.abort();
    await Promise.all(joined);
    joined = [];
    notes.length = 0;
  });
  afterAll(async () => {
    await spy.close();
    await server.remove();
  });

  function join(client: number, more: Partial<JoinOptions> = {}): void {
    if (joined.length === 0) leaving = new AbortController();
    const data = { points: rowsOf(client), dimension: 2 };
    const { signal } = leaving;
    joined.push(joinFederation({ server: server.url, name: names[client], data, workers: 0, signal, ...more }));
  }

  async function open(more: Partial<NatsTransportOptions> = {}): Promise<NatsTransport> {
    const onNote = (text: string) => void notes.push(text);
    transport = await natsTransport({ server: server.url, clients: names, onNote, ...more });
    return transport;
  }

  it.each(["prefix", "magnitude-unstructured"] as const)(
    "trains to the bytes of one machine with all rows: %s",
    async (family) => {
      names.forEach((_, client) => join(client));
      const options = { maskFamily: maskFamilies[family] };
      const [there, here] = [await remote(await open(), options), await local(options)];
      expect(there.parameters).toEqual(here.parameters);
      expect(there.reports).toEqual(here.reports);
      expect(transport?.refused).toEqual([]);
    },
  );
});
