// @module-tag slow
/** What the packed package weighs and how long it takes to start, beside the limits of limits.ts. */
import { execFile } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, describe, expect, inject, it } from "vitest";
import { type LimitName, limits } from "./limits.js";
import { keep } from "./platform-results.js";

const run = promisify(execFile);
const folder = inject("stranger");
const packed = join(folder, "node_modules/fedscore");
const sizeOf = async (path: string | URL) => (await stat(path)).size;

interface Weighed {
  readonly value: number;
  /** Bytes after gzip, where a server sends it like that. */
  readonly gzip?: number;
}

async function zipped(content: Buffer | string): Promise<Weighed> {
  const bytes = Buffer.from(content);
  return { value: bytes.length, gzip: gzipSync(bytes).length };
}

/** Bytes of a build of the kernels, which the package carries as base64. */
async function wasm(variant: string): Promise<Weighed> {
  const name = (await readdir(join(packed, "dist/chunks"))).find((each) => each.startsWith(`${variant}-`));
  const [, base64] =
    /"(AGFzb[\w+/=]+)"/.exec(await readFile(join(packed, "dist/chunks", name ?? variant), "utf8")) ?? [];
  return { value: Buffer.from(base64, "base64").length };
}

/** The entry of a page that takes all that "fedscore" exports; kernels and workers are loaded when they are needed. */
async function pageBundle(): Promise<Weighed> {
  const entry = join(folder, "all.js");
  await writeFile(entry, 'import * as fedscore from "fedscore";\nglobalThis.fedscore = { ...fedscore };\n');
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, rolldownOptions: { input: entry } },
  });
  if (!("output" in built)) throw new Error("Vite gave several builds or a watcher for one entry");
  const chunks = built.output.filter((file) => file.type === "chunk");
  const [first] = chunks.filter(({ isEntry }) => isEntry);
  const code = chunks
    .filter(({ fileName, isEntry }) => isEntry || first.imports.includes(fileName))
    .map((each) => each.code);
  return zipped(code.join(""));
}

/** The lab's document with the scripts and styles that it names. */
async function labPage(): Promise<Weighed> {
  const web = join(packed, "dist/web");
  const page = await readFile(join(web, "index.html"), "utf8");
  const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)].map(([, path]) => path);
  expect(named.map((path) => path.split(".").at(-1))).toEqual(expect.arrayContaining(["js", "css"]));
  const files = await Promise.all(["index.html", ...named].map((path) => readFile(join(web, path))));
  return zipped(Buffer.concat(files));
}

const loader = `export async function load(url, context, next) {
  if (url.startsWith("file:") && url.includes("node_modules")) console.error(url);
  return next(url, context);
}`;

async function imported(): Promise<Weighed> {
  await writeFile(join(folder, "import-all.js"), 'await import("fedscore");');
  await writeFile(join(folder, "seen.js"), loader);
  const args = ["--no-warnings", "--loader", "./seen.js", "import-all.js"];
  const { stderr } = await run(process.execPath, args, { cwd: folder });
  const sizes = await Promise.all(
    stderr
      .trim()
      .split("\n")
      .map((url) => sizeOf(new URL(url))),
  );
  return { value: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Pairs of a start of the package and one of nothing, in turns. */
const turns = 7;

async function coldStart(): Promise<Weighed> {
  await writeFile(join(folder, "start.js"), start);
  const bare: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const begin = performance.now();
    await run(process.execPath, ["-e", "0"]);
    bare.push(performance.now() - begin);
    ours.push(Number((await run(process.execPath, ["start.js"], { cwd: folder })).stdout));
  }
  return { value: Math.min(...ours) / Math.min(...bare) };
}

const start = `const begin = performance.now();
const { firstStep } = await import("./page/federation.js");
await firstStep();
console.log(performance.now() - begin);
`;

const measures: Record<LimitName, () => Promise<Weighed>> = {
  tarball: async () => {
    const name = (await readdir(folder)).find((each) => each.endsWith(".tgz"));
    return { value: await sizeOf(join(folder, name ?? "missing.tgz")) };
  },
  unpacked: async () => {
    const files = await readdir(packed, { recursive: true, withFileTypes: true });
    const sizes = files.filter((file) => file.isFile()).map((file) => sizeOf(join(file.parentPath, file.name)));
    return { value: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) };
  },
  wasmStrict: () => wasm("simd"),
  wasmRelaxed: () => wasm("relaxed"),
  oneFile: async () => zipped(await readFile(join(packed, "dist/fedscore.min.js"))),
  page: pageBundle,
  worker: async () => zipped(await readFile(join(packed, "dist/worker.js"))),
  lab: labPage,
  imported,
  coldStart,
};

describe("weighs and takes no more than test/e2e/limits.ts allows", () => {
  const rows: ({ name: string; unit: string; limit: number } & Weighed)[] = [];
  const names = Object.keys(limits) as LimitName[];

  it.each(names.map((key) => [limits[key].name, key] as const))("%s", async (_, key) => {
    const { name, unit, limit } = limits[key];
    const weighed = await measures[key]();
    expect(weighed.value).toBeGreaterThan(0);
    rows.push({ name, unit, limit, ...weighed });
    expect(
      weighed.value,
      `${name}, ${unit}: raise the limit in test/e2e/limits.ts if it is worth it`,
    ).toBeLessThanOrEqual(limit);
  });

  afterAll(async () => {
    const shown = (value: number, unit: string) =>
      unit === "bytes" ? `${(value / 1000).toFixed(1)} kB` : `${value.toFixed(2)} ${unit}`;
    for (const { name, unit, limit, value, gzip } of rows) {
      const less = gzip === undefined ? "" : `, ${shown(gzip, unit)} after gzip`;
      console.log(`${name}: ${shown(value, unit)}${less} (limit ${shown(limit, unit)})`);
    }
    await keep("sizes.json", rows);
  });
});
