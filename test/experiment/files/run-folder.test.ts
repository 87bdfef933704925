import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appendEvent } from "../../../src/experiment/files/log.js";
import { clearFolder, removeUnfinished } from "../../../src/experiment/files/run-folder.js";

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
  test("removes the files of a run and no others", () => {
    make({ "result.json": "", "log.jsonl": "", "checkpoint.bin": "", "notes.txt": "" });
    clearFolder(folder);
    expect(readdirSync(folder)).toEqual(["notes.txt"]);
    appendEvent(join(folder, "log.jsonl"), { event: "start" });
    expect(readdirSync(folder)).toEqual(["log.jsonl", "notes.txt"]);
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
