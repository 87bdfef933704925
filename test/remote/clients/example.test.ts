// @module-tag slow
/** examples/remote-client.mjs with the built package: programs of their own take part in a run. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spawnCli, temporaryFolder } from "../../cli/support.js";
import { requireBuild } from "../../support/built.js";
import { NatsServer, noServer, skipped } from "../../support/nats-server.js";

requireBuild();
const example = fileURLToPath(new URL("../../../examples/remote-client.mjs", import.meta.url));

describe.skipIf(noServer !== undefined)(`examples/remote-client.mjs${skipped}`, () => {
  const { path: folder, remove } = temporaryFolder();
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start();
  });
  afterAll(async () => {
    await server.remove();
    remove();
  });

  it("takes part in a run, gives its sums and its loss, and leaves when it is over", async () => {
    const clients = ["north", "south"].map((name) => started(spawn(process.execPath, [example, server.url, name])));
    const config = {
      name: "pumps",
      data: { kind: "clients" },
      transforms: [{ kind: "standardize" }],
      network: { hidden: [8] },
      training: { rounds: 3, localSteps: 5, batchSize: 16 },
      federation: { clients: 2 },
      sampling: { count: 20, grid: { kind: "uniform", steps: 4 } },
      evaluation: { divergences: [] },
    };
    writeFileSync(join(folder, "pumps.json"), JSON.stringify(config));
    const run = await spawnCli(["coordinate", "pumps.json", "--server", server.url, "--workers", "1"], folder);
    expect(run).toMatchObject({ code: 0 });
    const result = JSON.parse(readFileSync(join(folder, "runs/pumps/result.json"), "utf8"));
    expect(result).toMatchObject({
      data: { train: 900, heldOut: 100 },
      remote: { refused: [], heldOut: [{ rows: 50 }, { rows: 50 }] },
    });
    for (const { outcome } of clients) {
      expect(await outcome).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/joined federation [\s\S]* is over: leaving\n[\s\S]*: left\n$/),
      });
    }
  }, 60_000);
});

function started(child: ChildProcess): { outcome: Promise<{ code: number | null; stderr: string }> } {
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return { outcome: new Promise((resolve) => child.once("close", (code) => resolve({ code, stderr }))) };
}
