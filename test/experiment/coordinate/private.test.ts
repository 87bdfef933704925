/** A coordinated run that protects its clients: what it spends, where it ends, and that nothing of it tells who took part. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { coordinate } from "../../../src/experiment/coordinate/coordinate.js";
import { replayRun } from "../../../src/experiment/coordinate/replay.js";
import { epsilonOf } from "../../../src/privacy/epsilon.js";
import { joinFederation } from "../../../src/remote/clients/join.js";
import { readStatus } from "../../../src/remote/status/run-status.js";
import { runReport } from "../../../src/report/run-report.js";
import { temporaryFolder } from "../../cli/support.js";
import { requireBuild } from "../../support/built.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

const names = ["airline", "bank", "clinic"];
const delta = 1e-3;
const spentBy = (steps: number) => epsilonOf([{ sampleRate: 0.5, noiseMultiplier: 2, steps }], delta).epsilon;

const config = parseConfig({
  name: "private",
  data: { kind: "clients" },
  network: { hidden: [6], noiseFeatures: 4, sigmaData: 1 },
  training: { rounds: 6, localSteps: 1, batchSize: 8 },
  federation: { clients: names.length, participation: 0.5, nonFinite: "drop", checkpointEvery: 1 },
  sampling: { count: 10, grid: { kind: "uniform", steps: 3 } },
  evaluation: { divergences: [] },
  privacy: { kind: "client", clipNorm: 0.1, noiseMultiplier: 2, delta, epsilon: 0.5 * (spentBy(4) + spentBy(5)) },
});

describe.skipIf(noServer !== undefined)(`a private run of clients with rows of their own${skipped}`, () => {
  const { path: folder, remove } = temporaryFolder();
  const leaving = new AbortController();
  let server: NatsServer;
  let joined: Promise<unknown>;

  beforeAll(async () => {
    requireBuild();
    server = await NatsServer.start();
    const points = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const data = { points, dimension: 2, labels: new Int32Array(20) };
    const policy = { classes: true };
    const common = { server: server.url, data, heldOut: data, policy, workers: 0, signal: leaving.signal };
    joined = Promise.all(names.map((name) => joinFederation({ ...common, name })));
  });
  afterAll(async () => {
    leaving.abort();
    await joined;
    await server.remove();
    remove();
  });

  it("ends before it spends too much, says what it has spent, and tells of no client", { tags: ["slow"] }, async () => {
    const spy = await connect({ servers: server.url });
    const told: Uint8Array[] = [];
    spy.subscribe("fedscore.status.>", { callback: (_, { data }) => void told.push(data) });
    await spy.flush();
    const out = join(folder, "run");
    const notes: string[] = [];
    const result = await coordinate(config, {
      ...{ server: { server: server.url }, out, workers: 1, drawReport: runReport },
      onProgress: (event) => {
        if (event.kind === "note") notes.push(event.text);
      },
    });
    await spy.close();
    expect(result.privacy).toMatchObject({ unit: "client", steps: 4, epsilon: spentBy(4), stopped: true });
    expect(result.privacy?.notCovered.join()).toContain("who is asked in a round");
    expect(result.training.rounds).toBe(4);
    expect([result.clients, result.training.loss, result.partition]).toEqual([[], [], undefined]);
    const { run, loss, ...rest } = result.remote ?? {};
    expect(rest).toEqual({ refused: [], heldOut: [] });
    expect(loss).toMatchObject({ notComputed: expect.stringContaining("clients are protected") });
    for (const round of result.training.perRound)
      expect(round).toMatchObject({ participants: 2, absent: [], dropped: 0 });

    const statuses = told.map(readStatus);
    expect(statuses.length).toBeGreaterThan(1);
    for (const status of statuses) {
      expect(status).toMatchObject({ run, loss: null, bytesUp: 0, bytesDown: 0 });
      expect(status.clients.map(({ name, state, absent }) => [name, state, absent])).toEqual(
        names.map((name) => [name, "may take part", 0]),
      );
    }
    const log = readFileSync(join(out, "log.jsonl"), "utf8");
    const report = readFileSync(join(out, "report.html"), "utf8");
    for (const name of names) expect(`${log}${report}`).not.toContain(name);

    // Updates without noise are nowhere, so that there is nothing to replay.
    expect(existsSync(join(out, "updates.bin"))).toBe(false);
    expect(notes.join()).toContain("updates.bin is left out");
    await expect(replayRun(out, () => {})).rejects.toThrow("it cannot be replayed");
  });

  it("is refused before anybody is asked where aggregators stand for the clients", async () => {
    const options = { server: { server: server.url }, out: join(folder, "regions"), aggregators: 2 };
    await expect(coordinate(config, options)).rejects.toThrow(
      'config.privacy.kind must not be "client" with aggregators',
    );
  });

  it("is refused where a round could be run again after its outcome was sent to clients", async () => {
    const options = { server: { server: server.url }, out: join(folder, "rounds") };
    const seldom = { ...config, federation: { ...config.federation, checkpointEvery: 2 } };
    await expect(coordinate(seldom, options)).rejects.toThrow("config.federation.checkpointEvery must be 1");
  });
});
