/**
 * The packed tarball in every JavaScript runtime and bundler of test/matrix, in Chromium and in Firefox: each trains the same federation over
 * two workers and samples, with the same bytes. What cannot run on a machine is skipped by name, with the reason.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type BrowserName, browserNames, type OpenBrowser, openBrowser, whyNoBrowser } from "./browsers.js";
import { type Measured, served } from "./federation-page.js";
import { bundled, installed, matrix, pageKinds, versionOf } from "./matrix-pages.js";
import { keep, type Ran, type RuntimeRow, type Skipped, tried } from "./platform-results.js";
import { pageSubPaths } from "./sub-paths.js";

const run = promisify(execFile);
const whyNot = installed ? "" : "test/matrix is not installed, npm run test:matrix does";
const nameOf = (name: string, reason: string) => (reason === "" ? name : `${name} (skipped: ${reason})`);
const folder = inject("stranger");
let expected: Measured;

beforeAll(async () => {
  expected = JSON.parse((await run(process.execPath, ["main.js"], { cwd: folder })).stdout);
});

const runtimeRows: RuntimeRow[] = [];
const pageRows = pageKinds.map(({ name: page }) => ({
  page,
  version: "",
  workersFrom: "",
  outcomes: Object.fromEntries(
    browserNames.map((name): [string, Ran | Skipped] => [name, { skipped: whyNot || whyNoBrowser(name) }]),
  ),
}));
const browserVersions: Partial<Record<BrowserName, string>> = {};

afterAll(async () => {
  const { hex: model, samplesHex: samples } = expected;
  await keep("platforms.json", {
    bytes: { model, samples },
    runtimes: runtimeRows,
    browsers: browserVersions,
    pages: pageRows,
  });
});

/** Name of a runtime, its program below test/matrix/node_modules, and the arguments before the script. */
const runtimes: readonly (readonly [string, string, readonly string[]])[] = [
  ...["20", "22", "24", "26"].map((version) => [`Node ${version}`, `node-${version}/bin/node`, []] as const),
  ["Deno", ".bin/deno", ["run", "--allow-all"]],
  ["Bun", ".bin/bun", []],
];

describe.each(runtimes)("%s", (platform, program, args) => {
  const path = join(matrix, "node_modules", program);
  const absent = whyNot || (existsSync(path) ? "" : `npm has no ${platform} for this machine`);
  if (absent) runtimeRows.push({ platform, version: "", outcome: { skipped: absent } });

  it.skipIf(absent !== "")(nameOf("trains over 2 workers, samples, and ends", absent), async () => {
    const { stdout } = await run(path, ["--version"]);
    const load = async () =>
      JSON.parse((await run(path, [...args, "main.js"], { cwd: folder, timeout: 60_000 })).stdout);
    const outcome = await tried(load, expected);
    expect(outcome.workers).toBe("2 worker threads");
    runtimeRows.push({ platform, version: /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "", outcome });
  });

  it.skipIf(absent !== "")(nameOf("imports every sub-path", absent), async () => {
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

it.skipIf(!installed)(nameOf("bundled by esbuild for Node, runs as one file alone", whyNot), async () => {
  const dist = await bundled("esbuild for Node");
  const alone = join(folder, "alone");
  await mkdir(alone, { recursive: true });
  await cp(join(dist, "main.js"), join(alone, "main.mjs"));
  const outcome = await tried(
    async () => JSON.parse((await run(process.execPath, ["main.mjs"], { cwd: alone })).stdout),
    expected,
  );
  expect(outcome.workers).toBe("2 worker threads");
});

/** Uses all sub-paths that pages may load; Parcel finds none without a setting. */
const allInPages = `${pageSubPaths.map((name) => `import * as ${name} from "fedscore/${name}";`).join("\n")}
const counts = [${pageSubPaths.join(", ")}].map((names) => Object.keys(names).length);
const refusal = await data.loadMnist().catch(({ code }) => code);
document.querySelector("#result").textContent = JSON.stringify({ counts, refusal });
`;

describe.each(browserNames)("%s", (browserName) => {
  const absent = whyNot || whyNoBrowser(browserName);
  let browser: OpenBrowser | undefined;

  /** Started by the first test that needs it. */
  async function opened(): Promise<OpenBrowser> {
    browser ??= await openBrowser(browserName, matrix);
    browserVersions[browserName] = browser.version;
    return browser;
  }
  afterAll(() => browser?.close());

  it.skipIf(absent !== "").each(pageKinds.map((kind, index) => [kind.name, kind, index] as const))(
    nameOf("a page by %s", absent),
    async (_, { timed, bundler, serve }, index) => {
      const { resultOf } = await opened();
      let files = 0;
      const outcome = await serve(
        (url) => tried(async () => (await resultOf(url)) as Measured, expected, timed),
        () => {
          files += 1;
        },
      );
      expect(outcome.workers).toBe("2 Web Workers");
      const row = pageRows[index];
      row.version = bundler === undefined ? "" : await versionOf(bundler);
      row.workersFrom = files > 0 ? "a file" : "the embedded text";
      row.outcomes[browserName] = outcome;
    },
  );

  it.skipIf(absent !== "").each(["webpack without minification", "rollup", "vite", "esbuild"])(
    nameOf("all sub-paths for pages load, by: %s", absent),
    async (bundler) => {
      const dist = await bundled(bundler, { name: "all", code: allInPages });
      const { resultOf } = await opened();
      const result = await served(dist, (origin) => resultOf(`${origin}/`));
      const counts = await Promise.all(
        pageSubPaths.map(async (name) => Object.keys(await import(/* @vite-ignore */ `fedscore/${name}`)).length),
      );
      expect(result).toEqual({ counts, refusal: "FEDSCORE_UNSUPPORTED" });
    },
  );
});
