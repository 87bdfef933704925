// @module-tag slow
/** A federation of eight clients with keys and CSV files of their own: one is killed, one is late, one is hostile, and the coordinator is killed too. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDataset } from "../../src/data/read.js";
import type { ExperimentResult } from "../../src/experiment/result/schema.js";
import { createEngine } from "../../src/kernels/index.js";
import { joinFederation } from "../../src/remote/clients/join.js";
import { createTarget } from "../../src/targets/index.js";
import { KeyedServer } from "../support/keyed-server.js";
import { noServer, skipped } from "../support/nats-server.js";
import { PuppetClient, type PuppetTask } from "../support/puppet-client.js";
import { spawnCli, startCli, temporaryFolder } from "./support.js";

const names = ["airline", "bank", "clinic", "depot", "enemy", "ferry", "garage", "late"];
const rows = 60;
const rounds = 6;

const config = {
  name: "ring",
  data: { kind: "clients" },
  transforms: [{ kind: "standardize", scale: "global" }],
  network: { hidden: [12, 12] },
  training: { rounds, localSteps: 3, batchSize: 16 },
  federation: { clients: names.length, capacities: [1, 0.5], deadline: 4, checkpointEvery: 1 },
  sampling: { count: 50, grid: { kind: "uniform", steps: 5 } },
  evaluation: { divergences: ["mmd"] },
};

describe.skipIf(noServer !== undefined)(`fedscore coordinate${skipped}`, () => {
  const { path: folder, remove } = temporaryFolder();
  const leaving = new AbortController();
  const joined: Promise<void>[] = [];
  const puppets: PuppetClient[] = [];
  let server: KeyedServer;

  beforeAll(async () => {
    server = await KeyedServer.start();
    const engine = await createEngine({ variant: "simd" });
    const { points } = createTarget({ kind: "ring" }).sample(engine, rows * names.length, 1);
    for (const [client, name] of names.entries()) {
      const lines = Array.from({ length: rows }, (_, index) => {
        const at = 2 * (rows * client + index);
        return `${3 * points[at] + 5},${3 * points[at + 1]}`;
      });
      writeFileSync(join(folder, `${name}.csv`), `x,y\n${lines.join("\n")}\n`);
      const { credentials = "" } = await server.add(name, "client");
      writeFileSync(join(folder, `${name}.creds`), credentials);
    }
    const { credentials = "" } = await server.add("head", "coordinator");
    writeFileSync(join(folder, "head.creds"), credentials);
    writeFileSync(join(folder, "ca.pem"), server.tls.ca);
    writeFileSync(join(folder, "ring.json"), JSON.stringify(config));
  }, 60_000);
  afterAll(async () => {
    leaving.abort();
    await Promise.all([...joined, ...puppets.map((puppet) => puppet.close())]);
    await server.remove();
    remove();
  });

  const connection = (name: string) => [
    ...["--server", server.url, "--credentials", `${name}.creds`, "--tls-ca", "ca.pem"],
  ];
  const coordinate = (...more: string[]) => {
    const limits = ["--lost-after", "2", "--maximum-norm", "50", "--workers", "1"];
    return startCli(["coordinate", "ring.json", ...connection("head"), ...limits, ...more], folder);
  };

  async function joinHere(name: string): Promise<void> {
    const bytes = readFileSync(join(folder, `${name}.csv`));
    const data = await readDataset({ bytes, source: name }, { format: { kind: "csv" } });
    const options = { ...server.optionsOf(name), name, data, heldOut: data, workers: 0, signal: leaving.signal };
    joined.push(joinFederation(options));
  }

  async function puppet(name: string, answer: (task: PuppetTask, self: PuppetClient) => Uint8Array | undefined) {
    const started: PuppetClient = await PuppetClient.start(server.optionsOf(name), name, (task) =>
      answer(task, started),
    );
    puppets.push(started);
  }

  function roundsDone(): number {
    const path = join(folder, "runs/ring/log.jsonl");
    return existsSync(path) ? readFileSync(path, "utf8").split('"event":"round"').length - 1 : 0;
  }

  it("ends although clients and the coordinator are killed, names who did what, and is replayed to the same bytes", async () => {
    for (const name of names.filter((each) => !["depot", "enemy", "late"].includes(each))) await joinHere(name);
    const depot = startCli(["join", ...connection("depot"), "--data", "depot.csv", "--as", "depot"], folder);
    const still = ({ round, parameters }: PuppetTask) => ({ round, local: parameters, loss: 1, steps: 3, flops: 1 });
    await puppet("enemy", (task, self) => {
      const local = task.parameters.map((value) => value + 1000);
      return self.answer(task.message, { ...still(task), local });
    });
    let held = 0;
    await puppet("late", (task, self) => {
      const isHeld = task.round === 0 || (task.round === 3 && held++ === 0);
      return isHeld ? undefined : self.answer(task.message, still(task));
    });

    const first = coordinate();
    await expect.poll(roundsDone, { timeout: 40_000 }).toBeGreaterThanOrEqual(1);
    depot.child.kill("SIGKILL");
    // Its fourth round waits for who is late.
    await expect.poll(roundsDone, { timeout: 20_000 }).toBe(3);
    await expect.poll(() => held, { timeout: 10_000 }).toBe(1);
    first.child.kill("SIGKILL");
    await first.outcome;

    const resumed = await coordinate("--resume", "--minimum-clients", "7").outcome;
    expect(resumed).toMatchObject({ code: 0 });
    const result: ExperimentResult = JSON.parse(readFileSync(join(folder, "runs/ring/result.json"), "utf8"));
    const absences = result.training.perRound.map(({ absent }) =>
      absent.map(({ client, reason }) => `${names[client]} ${reason}`),
    );
    expect(absences[0]).toEqual(["enemy lost", "late late"]);
    for (const round of absences.slice(1)) expect(round).toContain("enemy lost");
    for (const round of absences.slice(3)) expect(round).toEqual(["depot lost", "enemy lost"]);
    expect(result.clients.map(({ name }) => name)).toEqual(names);
    expect(result.remote).toMatchObject({
      refused: [{ sender: "enemy", reasons: expect.arrayContaining([expect.stringContaining("beyond the 50")]) }],
      loss: expect.any(Number),
    });
    expect(result.measured.mmd).toMatchObject({ notComputed: expect.stringContaining("nobody else sees them") });
    const report = readFileSync(join(folder, "runs/ring/report.html"), "utf8");
    for (const name of names) expect(report).toContain(name);
    expect(report).toContain("beyond the 50 that are allowed");

    const replay = await spawnCli(["replay", "runs/ring"], folder);
    expect(replay).toMatchObject({ code: 0, stdout: expect.stringContaining(result.checksums.parameters) });
    // One bit of what a client answered decides bytes of the model.
    const log = join(folder, "runs/ring/updates.bin");
    writeFileSync(log, readFileSync(log).subarray(0, -1));
    const cut = await spawnCli(["replay", "runs/ring"], folder);
    expect(cut).toMatchObject({ code: 2, stderr: expect.stringContaining("does not have the update of client") });
  }, 120_000);
});
