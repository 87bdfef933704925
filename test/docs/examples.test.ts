/** Blocks that say what they print are run. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { requireBuild } from "../support/built.js";
import { blocksOf } from "../support/markdown.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "build/docs");

/** Runs a program of the built package. @returns what it prints. */
async function printed(file: string): Promise<string> {
  return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout.trim();
}

describe.each(["README.md", "docs/tutorial.md", "docs/federation.md", "docs/embedding.md"])("%s", async (page) => {
  const blocks = blocksOf(await readFile(join(root, page), "utf8"));
  const examples = blocks.flatMap(({ language, line, code, output }) =>
    language === "js" && output !== undefined ? [{ line, code, output }] : [],
  );

  it("shows at least one example", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)("line $line: prints what the page says", async ({ line, code, output }) => {
    requireBuild();
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${page.replace(/\W/g, "-")}-${line}.mjs`);
    await writeFile(file, code);
    expect(await printed(file)).toBe(output.trim());
  });
});

describe("examples/", () => {
  const table = (text: string) =>
    text
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/).map(Number));

  it("network-simulator.mjs prints virtual time against loss", async () => {
    const rows = table(await printed(join(root, "examples/network-simulator.mjs")));
    expect(rows).toHaveLength(6);
    for (const [k, [seconds = 0, rounds, , updates = 0, late = 0, lost = 0]] of rows.entries()) {
      expect(rounds).toBe(10 * (k + 1));
      expect(updates + late + lost).toBe(120);
      expect(seconds).toBeGreaterThan(rows[k - 1]?.[0] ?? 0);
      expect(seconds).toBeLessThanOrEqual(200 * (k + 1));
    }
    expect(rows.at(-1)?.[2]).toBeLessThan(0.95 * (rows[0]?.[2] ?? 0));
    const totals = [3, 4, 5].map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
    for (const total of totals) expect(total).toBeGreaterThan(0);
  });

  it("network-simulator.mjs has at most 150 lines, the client at most 20 that are code", async () => {
    const simulator = await readFile(join(root, "examples/network-simulator.mjs"), "utf8");
    expect(simulator.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
    const client = await readFile(join(root, "examples/client-in-20-lines.mjs"), "utf8");
    const code = client.split("\n").filter((line) => !/^(?:\/\*\*.*\*\/)?$/.test(line));
    expect(code.length).toBeLessThanOrEqual(20);
  });

  it("client-in-20-lines.mjs trains on rows that the server does not have", async () => {
    const text = await printed(join(root, "examples/client-in-20-lines.mjs"));
    const losses = text.split("\n").map((line) => Number(/loss (\S+)$/.exec(line)?.[1]));
    expect(losses).toHaveLength(5);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  });
});
