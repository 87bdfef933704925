/** What a worker loads, in the built package: bundlers make one classic script of it. */
import { readdirSync, readFileSync } from "node:fs";
import { createEngine, openPool } from "fedscore";
import { describe, expect, it } from "vitest";

const dist = new URL("../dist/", import.meta.url);
/** The same, one file a module, before it is bundled. */
const modulesFolder = new URL("../build/js/", import.meta.url);
const packageImports: Record<string, { default: string }> = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).imports;

/** Files that a browser loads for an entry of a folder, by following its static imports. */
function moduleGraph(folder: URL, entry: string): Map<string, string> {
  const modules = new Map<string, string>();
  const visit = (url: URL) => {
    if (modules.has(url.href)) return;
    const source = readFileSync(url, "utf8");
    modules.set(url.href, source);
    for (const [, specifier] of source.matchAll(/^(?:import|export)\s(?:[^"';=]*\sfrom\s)?"([^"]+)"/gm)) {
      if (specifier.startsWith(".")) visit(new URL(specifier, url));
      else if (specifier.startsWith("#"))
        visit(new URL(packageImports[specifier].default.replace("./dist/", ""), folder));
      else modules.set(specifier, "");
    }
  };
  visit(new URL(entry, folder));
  return modules;
}

it("has no dynamic import and no module of Node in a browser, and needs only comlink and the loader", () => {
  const modules = moduleGraph(dist, "worker.js");
  const bare = [...modules.keys()].filter((name) => !name.startsWith("file:"));
  expect(bare.sort()).toEqual(["@assemblyscript/loader", "comlink"]);
  expect([...modules.values()].some((source) => source.includes("trainLocally"))).toBe(true);
  for (const [name, source] of modules) expect(source, name).not.toMatch(/\bimport\s*\(/);
});

it("is made by the browser host in the form that bundlers recognize", () => {
  const host = readFileSync(new URL("workers/comlink/host.browser.js", dist), "utf8");
  expect(host).toContain('new Worker(new URL("../../worker.js", import.meta.url), { type: "module" })');
});

it("knows comlink in one file", () => {
  const modules = moduleGraph(modulesFolder, "index.js");
  const importers = [...modules].filter(([, source]) => /from "comlink/.test(source));
  expect(importers.map(([name]) => name)).toEqual([new URL("workers/comlink/comlink.js", modulesFolder).href]);
});

it("is a few files: each one that an import reads takes time", () => {
  expect(moduleGraph(dist, "index.js").size).toBeLessThan(25);
});

describe("the list of src/worker.ts", () => {
  const sources = new URL("../src/", import.meta.url);
  const sourceOf = (file: string) => readFileSync(new URL(file, sources), "utf8");
  const definition =
    /const (\w+)(?:: WorkerFunction<[^;]*?> = | = define(?:Kept|Task)(?:<[^(]*>)?\()\{\s*name: "(\w+)"/g;

  /** Tasks, what workers keep, and functions, as [constant, name]. */
  function definedIn(source: string): [string, string][] {
    const found = [...source.matchAll(definition)].map(([, constant, name]): [string, string] => [constant, name]);
    const mentioned = source.match(/\bdefine(?:Kept|Task)[<(]|: WorkerFunction</g) ?? [];
    expect(found, source).toHaveLength(mentioned.length);
    return found;
  }

  function listedIn(source: string): string[] {
    const lists = [...source.matchAll(/const (?:tasks|functions) = \[([^\]]*)\]/g)];
    return lists.flatMap(([, list]) => [...list.matchAll(/\w+/g)].map(([constant]) => constant));
  }

  const defined = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !file.startsWith("workers/"))
    .flatMap((file) => definedIn(sourceOf(file)));

  it("has every task and function that the sources define, each under a name of its own", () => {
    expect(defined.length).toBeGreaterThan(8);
    expect(listedIn(sourceOf("worker.ts")).sort()).toEqual(defined.map(([constant]) => constant).sort());
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
