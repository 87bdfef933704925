/** The packed tarball, installed in an empty folder. */
import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readNpy } from "fedscore/data";
import { build } from "vite";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { results } from "../../tools/platforms.mjs";
import { browserPath, type FederationResult, mapped, resultOf, served, whyNoPage } from "./federation-page.js";
import { installed as hasMatrix } from "./matrix-pages.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = inject("stranger");
let inNode: FederationResult;

beforeAll(async () => {
  inNode = JSON.parse((await run(process.execPath, ["main.js"], { cwd: folder })).stdout);
});

describe("in Node", () => {
  it("runs a federation over worker threads, and lets the process end", () => {
    expect(inNode.transport).toContain("2 worker threads");
    expect(inNode.losses).toHaveLength(5);
    expect(inNode.losses.at(-1)).toBeLessThan(inNode.losses[0]);
  });

  it("gives the bytes of docs/platforms.json (npm run test:matrix, where training or sampling has changed)", () => {
    expect({ model: inNode.hex, samples: inNode.samplesHex }).toEqual(results().bytes);
  });

  it("has a working command", { tags: ["slow"] }, async () => {
    const command = ["node_modules/fedscore/dist/cli/main.js", "--version"];
    const { stdout } = await run(process.execPath, command, { cwd: folder });
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    expect(stdout.trim()).toBe(version);
  });

  it('loads no other package with `import "fedscore"`, and few files', async () => {
    await writeFile(join(folder, "imports.js"), 'await import("fedscore");');
    const loader = `export async function load(url, context, next) { if (url.includes("node_modules")) console.error(url); return next(url, context); }`;
    await writeFile(join(folder, "loader.js"), loader);
    const { stderr } = await run(process.execPath, ["--no-warnings", "--loader", "./loader.js", "imports.js"], {
      cwd: folder,
    });
    const loaded = stderr.trim().split("\n");
    expect(loaded.filter((url) => !url.includes("node_modules/fedscore/"))).toEqual([]);
    expect(loaded.length).toBeLessThan(5);
  });

  it("installs one other package", async () => {
    const { stdout } = await run("npm", ["ls", "--all", "--parseable"], { cwd: folder });
    const packages = stdout.trim().split("\n").slice(1);
    expect(packages.map((path) => path.split("node_modules/").at(-1)).sort()).toEqual(["fedscore", "zod"]);
  });

  it("names the packages that a server needs, where somebody asks for one", { tags: ["slow"] }, async () => {
    const command = ["node_modules/fedscore/dist/cli/main.js", "worker", "--server", "nats://127.0.0.1:1"];
    const { code, stderr } = await run(process.execPath, command, { cwd: folder }).catch((error) => error);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^fedscore: a server needs the package \S+, which is not installed: npm install @nats-io/,
      ),
    });
  });

  it("runs tasks of one's own in workers of one's own, as docs/embedding.md has it", async () => {
    const page = await readFile(join(root, "docs/embedding.md"), "utf8");
    const blocks = [...page.matchAll(/```js\n\/\/ (\S+\.js)\n([\s\S]*?)```/g)];
    expect(blocks.map(([, name]) => name)).toEqual(["tasks.js", "my-worker.js", "program.js"]);
    for (const [, name, code] of blocks) await writeFile(join(folder, name), code);
    const { stdout } = await run(process.execPath, ["program.js"], { cwd: folder });
    expect(stdout.trim()).toBe("[ 4, 5 ]");
  });

  it("has all that a transport of one's own takes", async () => {
    await writeFile(join(folder, "transport.js"), transport);
    const { stdout } = await run(process.execPath, ["transport.js"], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ transport: "mine", hex: inNode.hex });
  });

  it("has the licenses of the code that is bundled", async () => {
    const licenses = await readFile(join(folder, "node_modules/fedscore/dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of [
      "comlink",
      "@assemblyscript/loader",
      "commander",
      "linkedom",
      "d3-array",
      "@nats-io/nats-core",
    ]) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d`, "m"));
    }
  });
});

describe.skipIf(browserPath === undefined)(`in Chromium${whyNoPage}`, { tags: ["slow"] }, () => {
  const unlessInMatrix = it.skipIf(hasMatrix);
  const same = hasMatrix ? " (skipped: the matrix has this page)" : "";

  it("is bundled by Vite into a page whose federation gives the same bytes over Web Workers", {
    tags: ["slow"],
  }, async () => {
    const page = join(folder, "page-vite");
    await cp(join(folder, "page"), page, { recursive: true });
    await build({ root: page, logLevel: "error" });
    const inPage = await served(join(page, "dist"), resultOf);
    expect(inPage.transport).toContain("2 Web Workers");
    expect(inPage.hex).toBe(inNode.hex);
  });

  unlessInMatrix(`runs in a page without a bundler, by an import map${same}`, async () => {
    await mapped(folder, "import-map.html", "/node_modules/fedscore/dist/index.js");
    const inPage = await served(folder, (origin) => resultOf(origin, "/import-map.html"));
    expect(inPage.transport).toContain("2 Web Workers");
    expect(inPage.hex).toBe(inNode.hex);
  });

  unlessInMatrix(`runs in a page from another origin as one file with its worker inside${same}`, async () => {
    const inPage = await served(
      join(folder, "node_modules/fedscore/dist"),
      async (elsewhere) => {
        await mapped(folder, "elsewhere.html", `${elsewhere}/fedscore.min.js`);
        return served(folder, (origin) => resultOf(origin, "/elsewhere.html"));
      },
      { headers: { "access-control-allow-origin": "*" } },
    );
    expect(inPage.transport).toContain("2 Web Workers");
    expect(inPage.hex).toBe(inNode.hex);
  });

  it("opens what the command line wrote and samples the same, as docs/embedding.md has it", {
    tags: ["slow"],
  }, async () => {
    const document = await readFile(join(root, "docs/embedding.md"), "utf8");
    const [, page] = /```html\n(<!doctype html>[\s\S]*?)```/.exec(document) ?? [];
    await writeFile(join(folder, "model.html"), page ?? "");
    const config = {
      name: "tiny",
      data: { kind: "moons", train: 200, heldOut: 50 },
      network: { hidden: [8, 8] },
      training: { rounds: 2, localSteps: 2 },
      certificate: false,
    };
    await writeFile(join(folder, "tiny.json"), JSON.stringify(config));
    const command = join(folder, "node_modules/fedscore/dist/cli/main.js");
    await run(process.execPath, [command, "run", "tiny.json", "--variant", "simd"], { cwd: folder });
    await cp(join(folder, "runs/tiny/model.safetensors"), join(folder, "model.safetensors"));
    const sample = ["sample", "model.safetensors", "--count", "100", "--seed", "2", "--variant", "simd"];
    await run(process.execPath, [command, ...sample, "--out", "samples.npy"], { cwd: folder });
    const drawn = await served(folder, (origin) => resultOf<number[]>(origin, "/model.html"));
    const { values } = readNpy(await readFile(join(folder, "samples.npy")), "samples.npy");
    expect(drawn).toEqual([...values]);
  });

  it("runs in the page's own thread where its policy allows no workers, and says so", { tags: ["slow"] }, async () => {
    const page = join(folder, "page-policy");
    await cp(join(folder, "page-vite/dist"), page, { recursive: true });
    const headers = { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'" };
    const inPage = await served(page, resultOf, { headers });
    expect(inPage.transport).toMatch(/^in-thread \(no workers: a worker could not start: /);
    expect(inPage.hex).toBe(inNode.hex);
  });
});

/** A transport to a worker elsewhere, here another engine in the same thread, of public names. */
const transport = `import { createEngine } from "fedscore";
import { openTraining, runBlocks } from "fedscore/federation";
import { runFederation } from "./page/federation.js";
const engine = await createEngine({ variant: "simd" });
const trainings = new Map();
const mine = {
  name: "mine",
  async open(setup) {
    trainings.set(setup.id, openTraining(engine, structuredClone(setup)));
  },
  async forget(id) {
    trainings.delete(id);
  },
  async *run({ parameters, blocks }) {
    for (const block of blocks) yield* runBlocks(trainings.get(block.setup), { parameters, blocks: [block] });
  },
  async close() {},
};
console.log(JSON.stringify(await runFederation("simd", 0, mine)));
`;
