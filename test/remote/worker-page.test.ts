// @module-tag slow
/** The page of `fedscore worker --page` in Chromium, by WebSocket, beside a worker in Node. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "../../tools/chromium.mjs";
import { startCli, temporaryFolder } from "../cli/support.js";
import { NatsServer, noServer, skipped } from "../support/nats-server.js";

const browserPath = findChromium();
const reason = noServer === undefined && browserPath === undefined ? " (skipped: no Chromium found)" : skipped;

describe.skipIf(noServer !== undefined || browserPath === undefined)(`the page of a worker${reason}`, () => {
  it("joins a run with a worker in Node, and the run has the bytes of a run in worker threads", async () => {
    const folder = temporaryFolder();
    const server = await NatsServer.start();
    const browser = await chromium.launch({
      executablePath: browserPath ?? "",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    const cli = (...args: string[]) => startCli(args, folder.path);
    const node = cli("worker", "--server", server.url, "--name", "node", "--threads", "1");
    try {
      const file = join(folder.path, "worker.html");
      const written = await cli("worker", "--server", server.webSocketUrl, "--page", file).outcome;
      expect(written).toMatchObject({ code: 0 });
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on("pageerror", ({ message }) => problems.push(message));
      await page.goto(`${pathToFileURL(file)}?threads=1&name=chromium`);
      await page.waitForFunction("document.querySelector('#log').textContent.includes('connected')");
      writeFileSync(join(folder.path, "config.json"), JSON.stringify(config));
      const filesOf = async (out: string, ...options: string[]) => {
        expect(await cli("run", "config.json", "--out", out, ...options).outcome).toMatchObject({ code: 0 });
        return ["model.safetensors", "samples.npy"].map((name) => readFileSync(join(folder.path, out, name)));
      };
      const mixed = await filesOf("mixed", "--server", server.url, "--workers", "2");
      await expect
        .poll(() => page.textContent("#log"), { timeout: 10_000 })
        .toMatch(/joined run .*: 1 place\n.*left run .* after [1-9]\d* calls/);
      expect(problems).toEqual([]);
      expect(mixed).toEqual(await filesOf("local", "--variant", "simd"));
    } finally {
      node.child.kill("SIGTERM");
      await Promise.all([node.outcome, browser.close()]);
      await server.remove();
      folder.remove();
    }
  });
});

const config = {
  ...{ name: "page", seed: 3, data: { kind: "ring", train: 200, heldOut: 100 } },
  network: { hidden: [16, 16], noiseFeatures: 8 },
  training: { rounds: 6, localSteps: 3, batchSize: 32 },
  federation: { clients: 5, capacities: [1, 0.5] },
  sampling: { grid: { kind: "uniform-log-snr", steps: 8 }, count: 200 },
  evaluation: { samples: 64 },
  certificate: { paths: 512, intervalRows: 256, intervalPaths: 2 },
};
