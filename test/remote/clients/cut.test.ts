// @module-tag slow
/** A line that is cut for some seconds without anybody being told, and then goes on. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createFederation } from "../../../src/federation/federation.js";
import { poolTransport } from "../../../src/federation/pool-transport.js";
import type { RoundReport } from "../../../src/federation/round-report.js";
import { createEngine } from "../../../src/kernels/index.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { natsTransport } from "../../../src/remote/clients/nats-transport.js";
import { InThreadPool } from "../../../src/workers/in-thread.js";
import { CutProxy } from "../../support/cut-proxy.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

const engine = await createEngine({ variant: "simd" });
const names = ["airline", "bank"];
const perClient = 20;
const points = Float32Array.from({ length: 2 * perClient * names.length }, (_, index) => Math.sin(index));
const common = {
  ...{ network: { dimension: 2, sigmaData: 1, hidden: [8] }, training: { batchSize: 8 } },
  ...{ localSteps: 2, rounds: 4 },
};
/** Milliseconds: longer than a client may be silent. */
const cutFor = 2500;
const lostAfter = 2000;
const pingInterval = 400;

describe.skipIf(noServer !== undefined)(`a line that is cut${skipped}`, () => {
  let server: NatsServer;
  let lines: Record<"coordinator" | "client", CutProxy>;
  const leaving = new AbortController();
  let joined: Promise<void>[] = [];

  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(async () => {
    await server.remove();
  });
  beforeEach(async () => {
    lines = { coordinator: await CutProxy.start(server.url), client: await CutProxy.start(server.url) };
    joined = names.map((name, client) => {
      const data = { points: points.slice(2 * perClient * client, 2 * perClient * (client + 1)), dimension: 2 };
      const at = client === 0 ? server.url : lines.client.url;
      return joinFederation({ server: at, pingInterval, name, data, workers: 0, signal: leaving.signal });
    });
  });
  afterEach(async () => {
    leaving.abort();
    await Promise.all(joined);
    await Promise.all(Object.values(lines).map((line) => line.close()));
  });

  /** A federation in whose second round lines are cut for a while. */
  async function trained(which: readonly CutProxy[]) {
    const notes: string[] = [];
    const onNote = (text: string) => void notes.push(text);
    const options = { server: lines.coordinator.url, pingInterval, clients: names, lostAfter, onNote };
    const transport = await natsTransport(options);
    const federation = createFederation(engine, {
      ...common,
      clients: names.map(() => ({ rowCount: perClient })),
      transport,
    });
    const reports: Omit<RoundReport, "seconds">[] = [];
    try {
      for await (const { seconds: _, ...report } of federation.train()) {
        reports.push(report);
        if (report.round !== 0) continue;
        for (const line of which) line.cut();
        setTimeout(() => {
          for (const line of which) line.mend();
        }, cutFor);
      }
    } finally {
      await transport.close();
    }
    return { parameters: federation.parameters, reports, notes };
  }

  async function here() {
    const clients = names.map((_, n) => ({
      rows: Uint32Array.from({ length: perClient }, (_, i) => perClient * n + i),
    }));
    const federation = createFederation(engine, {
      ...{ ...common, points, clients },
      transport: poolTransport(new InThreadPool(engine)),
    });
    const reports = [];
    for await (const { seconds: _, ...report } of federation.train()) reports.push(report);
    return { parameters: federation.parameters, reports };
  }

  it("to coordinator and client makes nobody lost, however long it is, and both go on to the same bytes", async () => {
    const { notes, ...there } = await trained([lines.coordinator, lines.client]);
    expect(there).toEqual(await here());
    expect(notes).toContain("the connection to the server is back");
  });
});
