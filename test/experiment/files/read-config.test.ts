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
    expect(() => readConfig(written('{ "a": tru }'))).toThrow(/c\.json:1:8: not JSON: expected a value, found "tru"$/);
    expect(() => readConfig(written('{ "a": 1 } x'))).toThrow(/c\.json:1:12: not JSON: /);
  });

  test("a key that is given twice is named with its place", () => {
    const text = '{ "name": "a", "data": { "kind": "ring" },\n  "training": { "rounds": 3,\n    "rounds": 30 } }';
    expect(() => readConfig(written(text))).toThrow(/c\.json:3:5: not JSON: the key training\.rounds is given twice$/);
  });

  test("nesting without end and thousands of unknown keys are refused in a few words", () => {
    expect(() => readConfig(written("[".repeat(3e6)))).toThrow(/c\.json:1:501: not JSON: nested deeper than 500$/);
    const keys = Array.from({ length: 20_000 }, (_, index) => `"key${index}": 1`);
    expect(() => readConfig(written(`{ "name": "a", "data": { "kind": "ring" }, ${keys.join()} }`))).toThrow(
      /config\.key0 is not a known key.*\n(.*\n){9}\.\.\. and 19990 more$/,
    );
  }, 20_000);

  test("keys that every object has are unknown like others", () => {
    const text =
      '{ "name": "a", "data": { "kind": "ring", "constructor": 1 }, "__proto__": { "seed": 3 }, "\\u001b[31m": 1 }';
    expect(() => readConfig(written(text))).toThrow(/config\.__proto__ is not a known key/);
    expect(() => readConfig(written(text))).toThrow(/config\.data\.constructor is not a known key/);
    expect(() => readConfig(written(text))).toThrow('config["\\u001b[31m"] is not a known key');
  });
});
