// @module-tag slow
/** A tree by its commands: two regions, of which one is a command, and a coordinator. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { aggregateFederation } from "../../src/remote/aggregators/aggregate.js";
import { joinFederation } from "../../src/remote/clients/join.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";
import { spawnCli, startCli, temporaryFolder } from "./support.js";

const config = {
  name: "tree",
  data: { kind: "clients" },
  transforms: [{ kind: "standardize" }],
  network: { hidden: [8] },
  training: { rounds: 2, localSteps: 2, batchSize: 8 },
  federation: { clients: 3 },
  sampling: { count: 10, grid: { kind: "uniform", steps: 3 } },
  evaluation: { divergences: [] },
};

describe.skipIf(noServer !== undefined)(`fedscore aggregate${skipped}`, () => {
  const { path: folder, remove } = temporaryFolder();
  let servers: NatsServer[];
  beforeAll(async () => {
    servers = await Promise.all([NatsServer.start(), NatsServer.start(), NatsServer.start()]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.remove()));
    remove();
  });

  it("answers for its clients, and ends with the run as they do", async () => {
    const [head, north, south] = servers.map(({ url }) => url);
    const joined = (server: string, name: string) => {
      const data = { points: Float32Array.from({ length: 60 }, (_, index) => Math.sin(index)), dimension: 2 };
      return joinFederation({ server, name, data, heldOut: data, workers: 0 });
    };
    const clients = [joined(north, "airline"), joined(north, "bank"), joined(south, "airline")];
    const command = ["aggregate", "--server", north, "--upstream", head, "--as", "north", "--minimum-clients", "2"];
    const aggregator = startCli(command, folder);
    const other = aggregateFederation({ name: "south", server: { server: south }, upstream: { server: head } });
    writeFileSync(join(folder, "tree.json"), JSON.stringify(config));
    const run = ["coordinate", "tree.json", "--server", head, "--aggregators", "2", "--workers", "1"];
    expect(await spawnCli(run, folder)).toMatchObject({ code: 0 });
    expect(await aggregator.outcome).toMatchObject({ code: 0, stderr: expect.stringContaining("is over: leaving") });
    await Promise.all([...clients, other]);
    const result: ExperimentResult = JSON.parse(readFileSync(join(folder, "runs/tree/result.json"), "utf8"));
    expect(result.clients.map(({ name }) => name)).toEqual(["north/airline", "north/bank", "south/airline"]);
    expect(result.training.perRound.map(({ absent }) => absent)).toEqual([[], []]);
    expect(result).toMatchObject({
      data: { train: 90, heldOut: 90 },
      remote: { refused: [], loss: expect.any(Number), heldOut: [{ rows: 30 }, { rows: 30 }, { rows: 30 }] },
    });
    const replay = await spawnCli(["replay", "runs/tree"], folder);
    expect(replay).toMatchObject({ code: 2, stderr: expect.stringContaining("it cannot be replayed") });
  }, 60_000);
});
