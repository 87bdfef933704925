import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/experiment/config/parse.js";
import { appendEvent } from "../../../src/experiment/files/log.js";
import {
  clearFolder,
  type FolderOptions,
  planFolder,
  removeReplaced,
} from "../../../src/experiment/files/run-folder.js";

const config = parseConfig({ name: "a", data: { kind: "ring" } });
const other = parseConfig({ name: "a", seed: 7, data: { kind: "ring" } });

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fedscore-")), "out");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

/** What planFolder says: the action, or the reason of its refusal. */
function plan(options: FolderOptions = {}): string {
  try {
    return planFolder(folder, config, options).action;
  } catch (error) {
    expect(error).toMatchObject({ code: "FEDSCORE_FILE" });
    return (error as Error).message.replace(`cannot use output folder ${folder}: `, "");
  }
}

function make(files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

const start = (of: unknown) => `${JSON.stringify({ event: "start", config: of })}\n`;

describe("planFolder", () => {
  test("no folder and an empty folder start, and are not touched", () => {
    expect(plan()).toBe("start");
    expect(plan({ resume: true })).toBe("start");
    expect(() => readdirSync(folder)).toThrow("ENOENT");
    make({});
    expect(plan()).toBe("start");
  });

  test("an interrupted run is neither lost nor continued unasked", () => {
    make({ "log.jsonl": start(config), "checkpoint.bin": "" });
    expect(plan()).toBe("it holds an interrupted run: choose --resume to go on, or --overwrite to start again");
    expect(plan({ resume: true })).toBe("resume");
    expect(plan({ overwrite: true })).toBe("start");
    expect(plan({ resume: true, overwrite: true })).toBe("resume");
  });

  test("a finished run of the same config is run again, or left alone with resume", () => {
    make({ "log.jsonl": start(config), "result.json": JSON.stringify({ config }) });
    expect(plan()).toBe("start");
    expect(plan({ resume: true })).toBe("finished");
    expect(plan({ overwrite: true })).toBe("start");
  });

  test("a run of which a part could not be computed is continued when asked, and not lost unasked", () => {
    make({ "log.jsonl": start(config), "result.json": JSON.stringify({ config }), "checkpoint.bin": "" });
    expect(plan()).toBe(
      "it holds a run of which a part could not be computed: choose --resume to compute what comes after training again, or --overwrite to start again",
    );
    expect(plan({ resume: true })).toBe("resume");
    expect(plan({ overwrite: true })).toBe("start");
    make({ "log.jsonl": start(other), "result.json": JSON.stringify({ config: other }) });
    expect(plan({ resume: true })).toMatch(/^it holds the result of another config \(seed differs\)/);
  });

  test("a run of another config is replaced with overwrite only", () => {
    make({ "log.jsonl": start(other), "result.json": JSON.stringify({ config: other }) });
    const reason =
      "it holds the result of another config (seed differs): choose another --out, or --overwrite to replace it";
    expect(plan()).toBe(reason);
    expect(plan({ resume: true })).toBe(reason);
    expect(plan({ overwrite: true })).toBe("start");
    expect(plan({ resume: true, overwrite: true })).toBe("start");
  });

  test("an interrupted run of another config likewise", () => {
    make({ "log.jsonl": start(other), "checkpoint.bin": "" });
    expect(plan({ resume: true })).toMatch(/^it holds an interrupted run of another config \(seed differs\)/);
  });

  test("a run that failed before its first checkpoint starts again", () => {
    make({ "log.jsonl": `${start(other)}{"event":"round"` });
    expect(plan()).toBe("start");
  });

  test("somebody else's folder is refused", () => {
    make({ "thesis.tex": "" });
    expect(plan()).toBe(
      "it holds files of something else (thesis.tex): choose another --out, or --overwrite to write into it",
    );
    expect(plan({ overwrite: true })).toBe("start");
  });

  test("a file in place of the folder is refused", () => {
    writeFileSync(folder, "");
    expect(plan()).toBe("a part of the path is not a folder");
  });
});

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
    expect(plan()).toBe("start");
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
