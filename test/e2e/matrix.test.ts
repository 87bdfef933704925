/** The packed tarball with every bundler and JavaScript runtime of test/matrix: the same federation, the same bytes. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createServer } from "vite";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { browserPath, type FederationResult, resultOf, served, whyNoPage } from "./federation-page.js";

const run = promisify(execFile);
const matrix = fileURLToPath(new URL("../matrix", import.meta.url));
const installed = existsSync(join(matrix, "node_modules/.package-lock.json"));
const whyNot = installed ? "" : " (skipped: test/matrix is not installed, npm run test:matrix does)";
const folder = inject("stranger");
let expected: FederationResult;

beforeAll(async () => {
  expected = JSON.parse((await run(process.execPath, ["main.js"], { cwd: folder })).stdout);
});

/** Has a bundler build the page, with another script where one is given. @returns the folder of what it built. */
async function bundle(bundler: string, script?: string): Promise<string> {
  const page = join(folder, `page-${bundler.replaceAll(" ", "-")}-${script?.length ?? 0}`);
  await cp(join(folder, "page"), page, { recursive: true });
  if (script) await writeFile(join(page, "main.js"), script);
  await run(process.execPath, [join(matrix, "bundle.mjs"), bundler, page], { cwd: folder });
  return join(page, "dist");
}

const bundlers = ["webpack", "rollup", "parcel", "vite", "esbuild", "esbuild in one classic script"];

describe.skipIf(!installed || browserPath === undefined)(`bundled without configuration${whyNot || whyNoPage}`, () => {
  it.each(bundlers)("by %s, runs over Web Workers in Chromium", async (bundler) => {
    const inPage = await served(await bundle(bundler), resultOf);
    expect(inPage.transport).toContain("2 Web Workers");
    expect(inPage.hex).toBe(expected.hex);
  });
});

/** Sub-paths that pages may load; Parcel finds none without a setting. */
const inPages = [
  "data",
  "diffusion",
  "divergence",
  "federation",
  "kernels",
  "model",
  "pruning",
  "targets",
  "theory",
  "workers",
];
const allInPages = `${inPages.map((name) => `import * as ${name} from "fedscore/${name}";`).join("\n")}
const counts = [${inPages.join(", ")}].map((names) => Object.keys(names).length);
const refusal = await data.loadMnist().catch(({ code }) => code);
document.querySelector("#result").textContent = JSON.stringify({ counts, refusal });
`;

describe.skipIf(!installed || browserPath === undefined)(`bundled without configuration${whyNot || whyNoPage}`, () => {
  it.each(["webpack", "rollup", "vite", "esbuild"])(
    "by %s, all sub-paths for pages load in Chromium",
    async (bundler) => {
      const result: unknown = await served(await bundle(bundler, allInPages), resultOf);
      const counts = await Promise.all(
        inPages.map(async (name) => Object.keys(await import(/* @vite-ignore */ `fedscore/${name}`)).length),
      );
      expect(result).toEqual({ counts, refusal: "FEDSCORE_UNSUPPORTED" });
    },
  );
});

describe.skipIf(browserPath === undefined)(`not bundled${whyNoPage}`, () => {
  it("runs over Web Workers in Vite's development server", async () => {
    const server = await createServer({
      root: join(folder, "page"),
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0 },
      cacheDir: join(folder, "vite-cache"),
    });
    try {
      await server.listen();
      const inPage = await resultOf(server.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "");
      expect(inPage.transport).toContain("2 Web Workers");
      expect(inPage.hex).toBe(expected.hex);
    } finally {
      await server.close();
    }
  });
});

/** Name of a runtime, its program below test/matrix/node_modules, and the arguments before the script. */
const runtimes: readonly (readonly [string, string, readonly string[]])[] = [
  ...["20", "22", "24", "26"].map((version) => [`Node ${version}`, `node-${version}/bin/node`, []] as const),
  ["Deno", ".bin/deno", ["run", "--allow-all"]],
  ["Bun", ".bin/bun", []],
];

describe.each(runtimes)("%s", (runtime, program, args) => {
  const path = join(matrix, "node_modules", program);
  const absent = whyNot || (existsSync(path) ? "" : ` (skipped: there is no ${runtime} of npm for this machine)`);

  it.skipIf(absent !== "")(`runs over 2 workers, and ends${absent}`, async () => {
    const { stdout } = await run(path, [...args, "main.js"], { cwd: folder, timeout: 60_000 });
    const result: FederationResult = JSON.parse(stdout);
    expect(result.transport).toContain("2 worker threads");
    expect(result.hex).toBe(expected.hex);
  });

  it.skipIf(absent !== "")(`imports every sub-path${absent}`, async () => {
    await writeFile(join(folder, "sub-paths.js"), subPaths);
    const { stdout } = await run(path, [...args, "sub-paths.js"], { cwd: folder, timeout: 60_000 });
    expect(Object.keys(JSON.parse(stdout))).toContain("fedscore/experiment");
    for (const count of Object.values(JSON.parse(stdout))) expect(count).toBeGreaterThan(0);
  });
});

const subPaths = `import { readFileSync } from "node:fs";
const { exports } = JSON.parse(readFileSync("node_modules/fedscore/package.json", "utf8"));
const counts = {};
for (const path of Object.keys(exports)) {
  const name = path.replace(".", "fedscore");
  if (!/worker$|json$/.test(name)) counts[name] = Object.keys(await import(name)).length;
}
console.log(JSON.stringify(counts));
`;

it.skipIf(!installed)(`bundled by esbuild for Node, runs over worker threads in one file alone${whyNot}`, async () => {
  const dist = await bundle("esbuild for Node");
  const alone = join(folder, "alone");
  await mkdir(alone, { recursive: true });
  await cp(join(dist, "main.js"), join(alone, "main.mjs"));
  const { stdout } = await run(process.execPath, ["main.mjs"], { cwd: alone });
  const result: FederationResult = JSON.parse(stdout);
  expect(result.transport).toContain("2 worker threads");
  expect(result.hex).toBe(expected.hex);
});
