import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatFacts } from "../../src/cli/print.js";
import { printable } from "../../src/cli/terminal.js";
import { callCli, temporaryFolder } from "./support.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("printable", () => {
  it("shows words as they are, and controls as their codes", () => {
    expect(printable("config.a: größe, 名, 😀\nsecond")).toBe("config.a: größe, 名, 😀\nsecond");
    expect(printable("\u001b[2J\r\u009b1m\u202ex\ud800")).toBe("\\u{1b}[2J\\u{d}\\u{9b}1m\\u{202e}x\\u{d800}");
  });

  it("has nothing that a terminal obeys, and is short, whatever the text", () => {
    const text = fc.string({ unit: "binary", maxLength: 3000 });
    fc.assert(
      fc.property(text, (each) => {
        const shown = printable(each);
        expect(shown).not.toMatch(obeyed);
        expect(shown.split("\n")).toHaveLength(each.split("\n").length);
      }),
    );
    expect(printable("x".repeat(1e7)).length).toBeLessThan(2100);
  });

  it("one fact is one line", () => {
    expect(formatFacts([["a\u001b", "b\nc"]])).toBe("a\\u{1b}  b\\nc\n");
  });
});

describe("what users write never reaches the terminal as it is", () => {
  let folder: string;
  let remove: () => void;
  beforeEach(() => {
    ({ path: folder, remove } = temporaryFolder());
  });
  afterEach(() => remove());

  const evil = "\u001b[31m\u009b2J\u202e";
  const csv = (content: string, settings = {}) => ({
    "rows.csv": content,
    "c.json": JSON.stringify({ name: "a", data: { kind: "csv", path: "rows.csv", ...settings } }),
  });

  it.each<[string, Record<string, string>]>([
    ["a key", { "c.json": JSON.stringify({ name: "a", data: { kind: "ring" }, [evil]: 1 }) }],
    ["a value", { "c.json": JSON.stringify({ name: evil, data: { kind: evil } }) }],
    ["a long key", { "c.json": JSON.stringify({ name: "a", data: { kind: "ring" }, [evil.repeat(1e5)]: 1 }) }],
    ["a key given twice", { "c.json": `{ "${"k".repeat(1e5)}": 1, "${"k".repeat(1e5)}": 2 }` }],
    ["a path", { "c.json": JSON.stringify({ name: "a", data: { kind: "csv", path: `${evil}.csv` } }) }],
    ["a column", csv(`${evil},b\n1,2\n3,x\n`)],
    ["a field", csv(`a,b\n1,2\n3,${evil}\n`)],
    ["a first row", csv(`NaN,${evil.repeat(1e4)}\n3,4\n`)],
    ["a label", csv(`${evil},b\n1,2\n`, { labelColumn: "c" })],
    ["what is not JSON", { "c.json": `{ ${evil} }` }],
  ])("%s", async (_, files) => {
    const { writeFileSync } = await import("node:fs");
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { code, stdout, stderr } = await callCli(["run", join(folder, "c.json"), "--out", join(folder, "out")]);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toMatch(obeyed);
    expect(stderr.length).toBeLessThan(5000);
  });

  it("every place of the command line that prints words of users does so through it", () => {
    const cli = join(import.meta.dirname, "../../src/cli");
    const files = readdirSync(cli, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const direct = files.flatMap((name) =>
      [...readFileSync(join(cli, name), "utf8").matchAll(/\.write\((?:[^;]|\n)*?;/g)]
        .map(([call]) => call)
        .filter((call) => call.includes("${") && !/printable|JSON\.stringify|formatFacts/.test(call))
        .map((call) => `${name}: ${call}`),
    );
    expect(direct).toEqual([]);
  });
});
