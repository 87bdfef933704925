import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appendEvent } from "../../../src/experiment/files/log.js";
import { clearFolder, removeReplaced, removeUnfinished } from "../../../src/experiment/files/run-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function make(files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

describe("clearFolder", () => {
  const list = (...path: string[]) => readdirSync(join(folder, ...path)).sort();
  const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");

  test("moves the files of a run aside and no others, until the new run has a result", () => {
    const old = { "result.json": "old", "model.safetensors": "old", "log.jsonl": "", "checkpoint.bin": "" };
    make({ ...old, "notes.txt": "" });
    clearFolder(folder);
    expect(list()).toEqual(["notes.txt", "replaced"]);
    expect(list("replaced")).toEqual(Object.keys(old).sort());
    appendEvent(join(folder, "log.jsonl"), { event: "start" });
    expect(list()).toEqual(["log.jsonl", "notes.txt", "replaced"]);
    removeReplaced(folder);
    expect(list()).toEqual(["log.jsonl", "notes.txt"]);
  });

  test("keeps an earlier result through runs that fail, and the better of two runs without one", () => {
    make({ "log.jsonl": "checked", "checkpoint.bin": "" });
    clearFolder(folder);
    make({ "log.jsonl": "nothing" });
    clearFolder(folder);
    expect([list(), list("replaced"), read("replaced", "log.jsonl")]).toEqual([
      ["replaced"],
      ["checkpoint.bin", "log.jsonl"],
      "checked",
    ]);
    make({ "log.jsonl": "", "result.json": "good" });
    clearFolder(folder);
    make({ "log.jsonl": "", "checkpoint.bin": "", "model.safetensors": "diverged" });
    clearFolder(folder);
    expect([list(), list("replaced"), read("replaced", "result.json")]).toEqual([
      ["replaced"],
      ["checkpoint.bin", "log.jsonl", "result.json"],
      "good",
    ]);
  });

  test("goes on with a move that a crash cut short, and forgets what a complete run has replaced", () => {
    make({ "result.json": "new", "samples.npy": "new" });
    mkdirSync(join(folder, "replaced"));
    writeFileSync(join(folder, "replaced", "model.safetensors"), "new");
    clearFolder(folder);
    expect(list("replaced")).toEqual(["model.safetensors", "result.json", "samples.npy"]);
    make({ "result.json": "newer" });
    clearFolder(folder);
    expect([list("replaced"), read("replaced", "result.json")]).toEqual([["result.json"], "newer"]);
  });
});

describe("removeUnfinished", () => {
  test("removes what a process that was killed was writing, and nothing else", () => {
    make({
      "samples.npy.123.tmp": "",
      "checkpoint.bin.9.tmp": "",
      "checkpoint.bin": "",
      "notes.tmp": "",
      "fedscore.lock": "",
    });
    removeUnfinished(folder);
    expect(readdirSync(folder).sort()).toEqual(["checkpoint.bin", "fedscore.lock", "notes.tmp"]);
  });
});
