// @module-tag slow
/** The command line with workers in processes of their own gives the bytes of the command line alone, whatever is killed meanwhile. */
import type { ChildProcess } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Outcome, spawnCli, startCli, temporaryFolder } from "../cli/support.js";
import { listenToDeliveries } from "../support/deliveries.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";
import { withoutTimes } from "../support/without-times.js";

const example = fileURLToPath(new URL("../../examples/mixture.json", import.meta.url));

/** examples/mixture.json, smaller. */
function reducedMixture(): object {
  const { data, network, training, sampling, evaluation, ...rest } = JSON.parse(readFileSync(example, "utf8"));
  return {
    ...{ ...rest, $schema: undefined },
    data: { ...data, train: 1000, heldOut: 300 },
    network: { ...network, hidden: [32, 32] },
    training: { ...training, rounds: 16, localSteps: 8, batchSize: 64 },
    sampling: { ...sampling, grid: { kind: "certified", steps: 16 }, count: 500 },
    evaluation: { ...evaluation, samples: 300 },
    certificate: { paths: 128, intervalRows: 64 },
  };
}

/** What a run writes, but for its times and the number of its workers. */
function written(folder: string): { model: string; samples: string; result: unknown } {
  const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  return {
    model: readFileSync(join(folder, "model.safetensors")).toString("base64"),
    samples: readFileSync(join(folder, "samples.npy")).toString("base64"),
    result: withoutTimes({ ...result, environment: { ...result.environment, workers: 0 } }),
  };
}

describe.skipIf(noServer !== undefined)(`fedscore run --server${skipped}`, () => {
  const folder = temporaryFolder();
  const workers: { readonly child: ChildProcess; readonly outcome: Promise<Outcome> }[] = [];
  let server: NatsServer;
  let local: ReturnType<typeof written>;

  beforeAll(async () => {
    writeFileSync(join(folder.path, "mixture.json"), JSON.stringify(reducedMixture()));
    server = await NatsServer.start();
    for (const name of ["a", "b", "c"]) addWorker(name);
    expect(await run("local", ["--variant", "simd"]).outcome).toMatchObject({ code: 0 });
    local = written(join(folder.path, "local"));
  }, 60_000);
  afterAll(async () => {
    for (const { child } of workers) child.kill("SIGTERM");
    await Promise.all(workers.map(({ outcome }) => outcome));
    await server.remove();
    folder.remove();
  }, 60_000);

  function addWorker(name: string): void {
    workers.push(startCli(["worker", "--server", server.url, "--name", name, "--threads", "1"], folder.path));
  }

  function run(out: string, options: readonly string[]): { outcome: Promise<Outcome> } {
    return startCli(["run", "mixture.json", "--out", out, ...options], folder.path);
  }

  /** Resolves in the second or third round of a run. */
  async function underWay(deliveries: ReadonlyMap<string, unknown>): Promise<void> {
    await vi.waitUntil(() => deliveries.size > 6, { timeout: 30_000, interval: 2 });
  }

  it("gives the bytes of a run in worker threads", async () => {
    const { code, stderr } = await run("remote", ["--server", server.url, "--workers", "3"]).outcome;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("worker b joined: 1 place") });
    expect(written(join(folder.path, "remote"))).toEqual(local);
  });

  it("gives them when a worker is killed in a round", async () => {
    const spy = await connect({ servers: server.url });
    try {
      const deliveries = await listenToDeliveries(spy);
      const { outcome } = run("killed", ["--server", server.url, "--workers", "3"]);
      await underWay(deliveries);
      workers[0].child.kill("SIGKILL");
      const { code, stderr } = await outcome;
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("worker a joined") });
      expect(written(join(folder.path, "killed"))).toEqual(local);
      expect([...deliveries.values()].filter((each) => each.length > 1)).not.toEqual([]);
    } finally {
      await spy.close();
    }
  });

  it("gives them when the server is killed in a round and comes back", async () => {
    const spy = await connect({ servers: server.url });
    const deliveries = await listenToDeliveries(spy);
    const { outcome } = run("restarted", ["--server", server.url]);
    await underWay(deliveries);
    await spy.close();
    await server.kill();
    await server.start();
    const { code, stderr } = await outcome;
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("server is back") });
    expect(written(join(folder.path, "restarted"))).toEqual(local);
  });

  it("is what sample and certify do, too", async () => {
    const sample = async (out: string, options: readonly string[]) => {
      const args = ["sample", "local", "--count", "300", "--out", out, "--variant", "simd", ...options];
      expect(await spawnCli(args, folder.path)).toMatchObject({ code: 0 });
      return readFileSync(join(folder.path, out));
    };
    expect(await sample("there.npy", ["--server", server.url])).toEqual(await sample("here.npy", []));
    const certify = async (options: readonly string[]) => {
      const args = ["certify", "local", "--json", "--variant", "simd", "--rows", "0", "--paths", "100", ...options];
      const { code, stdout, stderr } = await spawnCli(args, folder.path);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return withoutTimes(JSON.parse(stdout));
    };
    expect(await certify(["--server", server.url])).toEqual(await certify([]));
  });

  it("ends with a message where no server is", async () => {
    const nobody = "nats://127.0.0.1:1";
    const { code, stderr } = await run("nowhere", ["--server", nobody]).outcome;
    expect(code).toBe(1);
    expect(stderr).toContain(`fedscore: no connection to ${nobody}: `);
  });
});
