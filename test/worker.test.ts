/** What a worker loads, in the built package: bundlers make one classic script of it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const dist = new URL("../dist/", import.meta.url);
const packageImports: Record<string, { default: string }> = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
).imports;

/** Files that a browser loads for `entry`, by following its static imports. */
function moduleGraph(entry: URL): Map<string, string> {
  const modules = new Map<string, string>();
  const visit = (url: URL) => {
    if (modules.has(url.href)) return;
    const source = readFileSync(url, "utf8");
    modules.set(url.href, source);
    for (const [, specifier] of source.matchAll(/^(?:import|export)\s(?:[^"';=]*\sfrom\s)?"([^"]+)"/gm)) {
      if (specifier.startsWith(".")) visit(new URL(specifier, url));
      else if (specifier.startsWith("#")) visit(new URL(`../${packageImports[specifier].default}`, dist));
      else modules.set(specifier, "");
    }
  };
  visit(entry);
  return modules;
}

it("has no dynamic import and no module of Node in a browser, and needs only comlink and the loader", () => {
  const modules = moduleGraph(new URL("worker.js", dist));
  const bare = [...modules.keys()].filter((name) => !name.startsWith("file:"));
  expect(bare.sort()).toEqual(["@assemblyscript/loader", "comlink"]);
  expect(modules.size).toBeGreaterThan(20);
  for (const [name, source] of modules) expect(source, name).not.toMatch(/\bimport\s*\(/);
});

it("is made by the browser host in the form that bundlers recognize", () => {
  const host = readFileSync(new URL("federation/transports/comlink/host.browser.js", dist), "utf8");
  expect(host).toContain('new Worker(new URL("../../../worker.js", import.meta.url), { type: "module" })');
});

it("knows comlink in one file", () => {
  const importers = [...moduleGraph(new URL("index.js", dist))].filter(([, source]) => /from "comlink/.test(source));
  expect(importers.map(([name]) => name)).toEqual([new URL("federation/transports/comlink/comlink.js", dist).href]);
});
