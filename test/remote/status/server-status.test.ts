// @module-tag slow
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { formatStatus } from "../../../src/cli/status/table.js";
import { ConnectionWatch } from "../../../src/remote/connection-watch.js";
import { connectJetStream, type Server } from "../../../src/remote/jetstream.js";
import { encode, subjects } from "../../../src/remote/protocol.js";
import type { RunStatus } from "../../../src/remote/status/run-status.js";
import { serverStatus } from "../../../src/remote/status/server-status.js";
import { ensureStatusStream, publishStatus } from "../../../src/remote/status/stream.js";
import { KeyedServer } from "../../support/keyed-server.js";
import { noServer, skipped } from "../../support/nats-server.js";

const [run, ended, worker] = ["1".repeat(32), "2".repeat(32), "3".repeat(32)];

const status = (identity: string, round: number): RunStatus => ({
  ...{ run: identity, name: "flights", round, rounds: 10, loss: 0.25, bytesUp: 1500, bytesDown: 0 },
  clients: [{ name: "alice", state: "trains", lastSeen: Date.UTC(2026, 0, 2), absent: 3 }],
});

describe.skipIf(noServer)(`what an observer sees${skipped}`, () => {
  let server: KeyedServer;
  let coordinator: Server;
  let node: Server;
  let eve: Server;
  let watch: ConnectionWatch;
  let timer: ReturnType<typeof setInterval>;

  beforeAll(async () => {
    server = await KeyedServer.start();
    coordinator = await connectJetStream(await server.add("control", "coordinator"));
    node = await connectJetStream(await server.add("node", "worker"));
    eve = await connectJetStream(await server.add("eve", "observer"));
    watch = new ConnectionWatch(eve.connection, () => {});
  }, 30_000);

  afterAll(async () => {
    clearInterval(timer);
    for (const { connection } of [coordinator, node, eve]) await connection.close();
    await server.remove();
  });

  test("of a server that was never used: nothing", async () => {
    const following = vi.spyOn(eve.connection, "status");
    const seen = await serverStatus(eve, watch);
    // Nobody ends an iteration over what becomes of a connection: one for each look would be kept for good.
    expect(following).not.toHaveBeenCalled();
    expect(seen).toEqual({ runs: [], federations: [], streams: [] });
    expect(formatStatus(seen)).toContain("runs: none is heard of");
  });

  test("runs with workers, clients, federations that last or have ended, and what the streams hold", async () => {
    await ensureStatusStream(coordinator);
    publishStatus(coordinator, status(ended, 10));
    publishStatus(coordinator, status(run, 1));
    coordinator.connection.publish("fedscore.status.x", "no status");
    // What is published without an answer is in the stream a moment later.
    const stored = async () => expect((await serverStatus(eve, watch)).streams[0]?.messages).toBe(3);
    await vi.waitFor(stored, { timeout: 20_000 });
    timer = setInterval(() => {
      coordinator.connection.publish(subjects.run(run), encode({ run, version: "0.1.0", variant: "simd" }));
      publishStatus(coordinator, status(run, 2));
      node.connection.publish(subjects.workers(run), encode({ worker, name: "node", places: 4 }));
    }, 300);
    const seen = await serverStatus(eve, watch);
    expect(seen.runs).toEqual([{ run, version: "0.1.0", variant: "simd", workers: [{ name: "node", places: 4 }] }]);
    expect(new Map(seen.federations.map((each) => [each.run, each]))).toEqual(
      new Map([
        [run, status(run, 2)],
        [ended, status(ended, 10)],
      ]),
    );
    expect(seen.streams).toEqual([expect.objectContaining({ name: "FEDSCORE_STATUS", messages: 3, consumers: 0 })]);
    const text = formatStatus(seen);
    for (const part of [
      ...["run 11111111 (fedscore 0.1.0, simd): 1 workers, 4 places"],
      ...["federation flights (11111111): round 2 of 10, loss 0.2500, 1.5 kB up, 0 B down"],
      "alice  trains  seen 2026-01-02T00:00:00.000Z  absent 3",
    ])
      expect(text).toContain(part);
  });
});
