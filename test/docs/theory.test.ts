import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { theorems } from "../../src/theory/registry/index.js";

const root = new URL("../../", import.meta.url);
const text = readFileSync(new URL("docs/theory.md", root), "utf8");

describe("docs/theory.md", () => {
  it("names files and folders that exist", () => {
    const named = [...text.matchAll(/`((?:src\/)?[a-z0-9/-]+\/[a-z0-9/-]+|[a-z0-9/-]+\.ts|src\/[a-z0-9/.-]+)`/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter(
      (name) => ![name, `src/theory/${name}`].some((path) => existsSync(new URL(path, root))),
    );
    expect(missing).toEqual([]);
  });

  it("has the section that each theorem of the registry points to", () => {
    for (const { id, source } of Object.values(theorems)) {
      for (const [, section] of source.matchAll(/docs\/theory\.md, ([0-9][a-f]?)/g)) {
        expect(text, id).toMatch(new RegExp(`^##+ ${section}\\.`, "m"));
      }
    }
  });

  it("has the papers that the registry cites", () => {
    for (const { source } of Object.values(theorems)) {
      for (const [arxiv] of source.matchAll(/\d{4}\.\d{5}/g)) expect(text).toContain(arxiv);
    }
  });
});
