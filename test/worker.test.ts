/** What a worker loads, in the built package: bundlers make one classic script of it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

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
