import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../tools/chromium.mjs";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const browserPath = findChromium();

interface FederationResult {
  readonly hex: string;
  readonly losses: readonly number[];
  readonly transport: string;
  readonly variant: string;
}

let folder = "";
let inNode: FederationResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fedscore-e2e-"));
  await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball}`], { cwd: folder });
  await cp(join(root, "test/e2e/page"), join(folder, "page"), { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed tarball in an empty folder", () => {
  it("runs a federation over worker threads in Node, and lets the process end", async () => {
    const script =
      'import { runFederation } from "./page/federation.js"; console.log(JSON.stringify(await runFederation("simd", 2)));';
    await writeFile(join(folder, "main.js"), script);
    const { stdout } = await run(process.execPath, ["main.js"], { cwd: folder });
    inNode = JSON.parse(stdout);
    expect(inNode.transport).toContain("2 worker threads");
    expect(inNode.losses).toHaveLength(5);
    expect(inNode.losses.at(-1)).toBeLessThan(inNode.losses[0]);
  });

  it("has a working command", async () => {
    const { stdout } = await run(process.execPath, ["node_modules/fedscore/dist/cli/main.js", "--version"], {
      cwd: folder,
    });
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    expect(stdout.trim()).toBe(version);
  });

  it('loads nothing but comlink and the loader with `import "fedscore"`', async () => {
    await writeFile(join(folder, "imports.js"), 'await import("fedscore");');
    const loader = `export async function load(url, context, next) { if (url.includes("node_modules")) console.error(url); return next(url, context); }`;
    await writeFile(join(folder, "loader.js"), loader);
    const { stderr } = await run(process.execPath, ["--no-warnings", "--loader", "./loader.js", "imports.js"], {
      cwd: folder,
    });
    const packages = new Set(
      stderr
        .split("\n")
        .flatMap((line) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(line)?.slice(1) ?? [])
        .filter((name) => name !== "fedscore"),
    );
    expect([...packages].sort()).toEqual(["@assemblyscript/loader", "comlink"]);
  });

  it.skipIf(browserPath === undefined)(
    `is bundled by Vite into a page whose federation gives the same bytes over Web Workers in Chromium${browserPath === undefined ? " (skipped: no Chromium found)" : ""}`,
    async () => {
      await build({ root: join(folder, "page"), logLevel: "error", build: { outDir: "dist", target: "esnext" } });
      const server = await serve(join(folder, "page/dist"));
      const browser = await chromium.launch({
        ...(browserPath !== undefined && { executablePath: browserPath }),
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
      });
      try {
        const page = await browser.newPage();
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(error.message));
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        await page.waitForFunction("document.querySelector('#result').textContent !== ''", null, { timeout: 60_000 });
        const inPage: FederationResult = JSON.parse((await page.textContent("#result")) ?? "null");
        expect(problems).toEqual([]);
        expect(inPage.transport).toContain("2 Web Workers");
        expect(inPage.hex).toBe(inNode.hex);
      } finally {
        await browser.close();
        server.close();
      }
    },
  );
});

/** Serves the files of a folder on a free port of the loopback interface. */
async function serve(folder: string): Promise<Server> {
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url ?? "");
    readFile(join(folder, path)).then(
      (bytes) => response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream").end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
