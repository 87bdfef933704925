import { createFederation } from "../../src/federation/federation.js";
import type { FederationOptions } from "../../src/federation/options.js";
import { poolTransport } from "../../src/federation/pool-transport.js";
import type { RoundReport } from "../../src/federation/round-report.js";
import type { Transport } from "../../src/federation/transport.js";
import type { Engine } from "../../src/kernels/index.js";
import { joinFederation } from "../../src/remote/clients/join.js";
import { natsTransport } from "../../src/remote/clients/nats-transport.js";
import type { NatsTransport } from "../../src/remote/clients/remote-transport.js";
import type { NatsTransportOptions } from "../../src/remote/clients/transport-options.js";
import { createTarget } from "../../src/targets/index.js";
import { InThreadPool } from "../../src/workers/in-thread.js";
import { NatsServer } from "./nats-server.js";

const perClient = 20;
const localSteps = 3;

/** That its federations train. */
export const remoteNetwork = { dimension: 2, sigmaData: 1, hidden: [8, 8] };

const common = {
  network: remoteNetwork,
  training: { batchSize: 8 },
  localSteps,
  rounds: 2,
} satisfies Partial<FederationOptions>;

/** What a federation came to. */
export interface Trained {
  readonly parameters: Float32Array;
  readonly reports: readonly Omit<RoundReport, "seconds">[];
}

type Joined = { readonly leaving: AbortController; readonly left: Promise<void> };

/** A server, and clients at it that take part in one federation after the other; beside them the same federations where all rows are in one place. */
export class RemoteFederation {
  readonly server: NatsServer;
  readonly #engine: Engine;
  /** Odd ones take a step less than even ones. */
  readonly #clients: readonly { readonly keepRatio: number; readonly localSteps: number }[];
  readonly #points: Float32Array;
  readonly #joined = new Map<number, Joined>();

  private constructor(engine: Engine, server: NatsServer, keepRatios: readonly number[]) {
    this.#engine = engine;
    this.server = server;
    this.#clients = keepRatios.map((keepRatio, client) => ({ keepRatio, localSteps: localSteps - (client % 2) }));
    this.#points = createTarget({ kind: "moons" }).sample(engine, perClient * keepRatios.length, 1).points;
  }

  /** @param keepRatios of its clients, fewer than ten. */
  static async start(engine: Engine, keepRatios: readonly number[]): Promise<RemoteFederation> {
    return new RemoteFederation(engine, await NatsServer.start(), keepRatios);
  }

  nameOf(client: number): string {
    return `client-${client}`;
  }

  /** Has clients take part that do not yet, each by another process's identity than before. */
  join(...clients: readonly number[]): void {
    for (const client of clients) {
      if (this.#joined.has(client)) continue;
      const leaving = new AbortController();
      const points = this.#points.slice(2 * perClient * client, 2 * perClient * (client + 1));
      const own = { name: this.nameOf(client), data: { points, dimension: 2 }, workers: 0, stay: true };
      const left = joinFederation({ server: this.server.url, ...own, signal: leaving.signal });
      this.#joined.set(client, { leaving, left });
    }
  }

  async leave(...clients: readonly number[]): Promise<void> {
    for (const client of clients) {
      const joined = this.#joined.get(client);
      this.#joined.delete(client);
      joined?.leaving.abort();
      await joined?.left;
    }
  }

  /**
   * With the clients.
   * @param onRound called after each round.
   * @param around gives the transport that the federation has, of that of the server.
   */
  async remote(
    options: Partial<FederationOptions>,
    more: Partial<NatsTransportOptions> = {},
    onRound: (report: RoundReport, transport: NatsTransport) => Promise<void> = async () => {},
    around = (nats: Transport) => nats,
  ): Promise<Trained & { readonly transport: NatsTransport }> {
    const clients = this.#clients.map((client) => ({ rowCount: perClient, ...client }));
    const names = clients.map((_, client) => this.nameOf(client));
    const transport = await natsTransport({ server: this.server.url, clients: names, ...more });
    try {
      const trained = await this.#train(around(transport), { clients, ...options }, (report) =>
        onRound(report, transport),
      );
      return { ...trained, transport };
    } finally {
      await transport.close();
    }
  }

  /** Where all rows are in one place. @param around gives the transport, of that of the pool. */
  local(options: Partial<FederationOptions>, around = (pool: Transport) => pool): Promise<Trained> {
    const clients = this.#clients.map((client, id) => ({
      rows: Uint32Array.from({ length: perClient }, (_, index) => perClient * id + index),
      ...client,
    }));
    const transport = around(poolTransport(new InThreadPool(this.#engine)));
    return this.#train(transport, { points: this.#points, clients, ...options });
  }

  async remove(): Promise<void> {
    await this.leave(...this.#joined.keys());
    await this.server.remove();
  }

  async #train(
    transport: Transport,
    options: Partial<FederationOptions> & Pick<FederationOptions, "clients">,
    onRound: (report: RoundReport) => Promise<void> = async () => {},
  ): Promise<Trained> {
    const federation = createFederation(this.#engine, { ...common, ...options, transport });
    const reports: Omit<RoundReport, "seconds">[] = [];
    for await (const report of federation.train()) {
      const { seconds: _, ...told } = report;
      reports.push(told);
      await onRound(report);
    }
    return { parameters: federation.parameters, reports };
  }
}
