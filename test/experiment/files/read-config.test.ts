import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../../src/experiment/files/read-config.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, "c.json");
  writeFileSync(path, text);
  return path;
}

describe("readConfig", () => {
  test("paths of the config are relative to its folder", () => {
    const file = readConfig(written('\uFEFF{ "name": "a", "data": { "kind": "csv", "path": "points.csv" } }'));
    expect(file.folder).toBe(folder);
    expect(file.config.data).toMatchObject({ path: "points.csv" });
  });

  test("a missing file and a folder are named", () => {
    expect(() => readConfig(join(folder, "none.json"))).toThrow(
      `cannot read config ${join(folder, "none.json")}: no such file or folder`,
    );
    expect(() => readConfig(folder)).toThrow(`cannot read config ${folder}: it is a folder`);
  });

  test("comments may stand anywhere; what comes after them keeps its line and column", () => {
    const text = '// one\n{ "name": /* two */ "a", // three\n  "data": { "kind": "csv", "path": "x//y" } }\n// four';
    expect(readConfig(written(text)).config).toMatchObject({ name: "a", data: { path: "x//y" } });
    expect(() => readConfig(written('{ /* a\n comment */ "a": }'))).toThrow(/c\.json:2:18: not JSON: /);
  });

  test("a syntax error is named with line and column", () => {
    const path = written('{\n  "name": "a",\n  "seed": 01\n}\n');
    expect(() => readConfig(path)).toThrow(`${path}:3:12: not JSON: `);
    expect(() => readConfig(written('{ "name": "a"'))).toThrow(/c\.json:1:14: not JSON: /);
    expect(() => readConfig(written('{\n\n  "a": [1, 2,],\n  "b": 1 }'))).toThrow(/c\.json:3:14: not JSON: /);
    expect(() => readConfig(written('{ "a": "x\ny" }'))).toThrow(/c\.json:1:10: not JSON: /);
    expect(() => readConfig(written("{ 'a': 1 }"))).toThrow(/c\.json:1:3: not JSON: [^\n]*$/);
    expect(() => readConfig(written('{ "a": tru }'))).toThrow(/c\.json:1:11: not JSON: /);
    expect(() => readConfig(written('{ "a": 1 } x'))).toThrow(/c\.json:1:12: not JSON: /);
  });
});
