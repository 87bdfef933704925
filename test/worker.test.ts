/** What a worker loads, in the built package: bundlers make one classic script of it. */
import { readdirSync, readFileSync } from "node:fs";
import { createEngine, openPool } from "fedscore";
import { describe, expect, it } from "vitest";
import { requireBuild } from "./support/built.js";

requireBuild();

const dist = new URL("../dist/", import.meta.url);
/** The same, one file a module, before it is bundled. */
const modulesFolder = new URL("../build/js/", import.meta.url);
/** Files that a browser loads for an entry of a folder, by following its static imports. */
function moduleGraph(folder: URL, entry: string): Map<string, string> {
  const modules = new Map<string, string>();
  const visit = (url: URL) => {
    if (modules.has(url.href)) return;
    const source = readFileSync(url, "utf8");
    modules.set(url.href, source);
    for (const [, specifier] of source.matchAll(/^(?:import|export)\s(?:[^"';=]*\sfrom\s)?"([^"]+)"/gm)) {
      if (specifier.startsWith(".")) visit(new URL(specifier, url));
      else modules.set(specifier, "");
    }
  };
  visit(new URL(entry, folder));
  return modules;
}

it("is one file that imports nothing, so that it may be copied anywhere", () => {
  const worker = readFileSync(new URL("worker.js", dist), "utf8");
  expect(/\bimport\s*[("'{*]|(?<!["'`])\bfrom\s*["'`]|\brequire\s*\(/.exec(worker)?.[0]).toBeUndefined();
  expect(worker).toContain("trainBlocks");
});

it("has the text that is embedded for where its file was lost", async () => {
  const { default: embedded } = await import(new URL("workers/comlink/embedded.js", dist).href);
  expect(embedded).toBe(readFileSync(new URL("worker.js", dist), "utf8"));
});

it("is made in the form that bundlers recognize", () => {
  const host = readFileSync(new URL("workers/comlink/host.js", dist), "utf8");
  expect(host).toContain('new Worker(new URL("../../worker.js", import.meta.url), { type: "module" })');
});

it("knows comlink in one file", () => {
  const modules = moduleGraph(modulesFolder, "index.js");
  const importers = [...modules].filter(([, source]) => /from "comlink/.test(source));
  expect(importers.map(([name]) => name)).toEqual([new URL("workers/comlink/comlink.js", modulesFolder).href]);
});

it("is loaded by a package of a few files: each one that an import reads takes time", () => {
  expect(moduleGraph(dist, "index.js").size).toBeLessThan(6);
  expect(moduleGraph(dist, "entries/diffusion.js").size).toBeLessThan(4);
  expect(moduleGraph(dist, "entries/kernels.js").size).toBeLessThan(3);
});

const kept = ["cli/main.js", "entries/experiment.js", "entries/report.js"];
it.each(
  ["index.js", ...readdirSync(new URL("entries/", dist)).map((file) => `entries/${file}`)].filter(
    (file) => file.endsWith(".js") && !kept.includes(file),
  ),
)("%s imports no other package and no module of Node", (entry) => {
  expect([...moduleGraph(dist, entry).keys()].filter((name) => !name.startsWith("file:"))).toEqual([]);
});

describe("the list of src/worker-functions.ts", () => {
  const sources = new URL("../src/", import.meta.url);
  const sourceOf = (file: string) => readFileSync(new URL(file, sources), "utf8");
  const definition =
    /const (\w+)(?:: WorkerFunction<[^;]*?> = | = define(?:Kept|Task)(?:<[^(]*>)?\()\{\s*name: "(\w+)"/g;

  /** Tasks, what workers keep, and functions, as [constant, name]. */
  function definedIn(source: string): [string, string][] {
    const found = [...source.matchAll(definition)].map(([, constant, name]): [string, string] => [constant, name]);
    const mentioned = source.match(/\bdefine(?:Kept|Task)[<(]|const \w+: WorkerFunction</g) ?? [];
    expect(found, source).toHaveLength(mentioned.length);
    return found;
  }

  function listedIn(source: string): string[] {
    const lists = [...source.matchAll(/const (?:tasks|functions) = \[([^\]]*)\]/g)];
    return lists.flatMap(([, list]) => [...list.matchAll(/\w+/g)].map(([constant]) => constant));
  }

  const defined = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !/^(?:workers\/|remote\/|entries\/|worker-functions)/.test(file))
    .flatMap((file) => definedIn(sourceOf(file)));

  it("has every task and function that the sources define, each under a name of its own", () => {
    expect(defined.length).toBeGreaterThan(8);
    expect(listedIn(sourceOf("worker-functions.ts")).sort()).toEqual(defined.map(([constant]) => constant).sort());
    for (const [constant, name] of defined) expect(name).toBe(constant);
    expect(new Set(defined.map(([, name]) => name)).size).toBe(defined.length);
  });

  it("would be found to lack a new one", () => {
    const made = `
      export const one = defineTask({ name: "one", open: () => 1, run: () => 2 });
      const two = defineKept<number, string>({\n  name: "two",\n  open: () => "" });
      export const three: WorkerFunction<{ a: number }, number> = {\n  name: "three" };
      const schedule = { name: "four" };`;
    expect(definedIn(made).map(([, name]) => name)).toEqual(["one", "two", "three"]);
    expect(listedIn("const tasks = [one];\nconst functions = [\n  three,\n];")).toEqual(["one", "three"]);
  });

  it("is what a worker knows", async () => {
    const pool = await openPool(await createEngine(), { workers: 1 });
    try {
      const absent = { name: "absent", run: () => null };
      const message = await pool.call(absent, null).catch(String);
      const known = String(message)
        .replace(/.*it knows /, "")
        .split(", ");
      expect(new Set(known.map((name) => name.split(".")[0]))).toEqual(new Set(defined.map(([, name]) => name)));
    } finally {
      await pool.close();
    }
  });
});
