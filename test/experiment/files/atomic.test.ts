import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeAtomically } from "../../../src/experiment/files/atomic.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("writeAtomically", () => {
  test("writes and replaces, and leaves nothing else", () => {
    const path = join(folder, "a.bin");
    writeAtomically(path, "old");
    writeAtomically(path, new Uint8Array([110, 101, 119]));
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["a.bin"]);
  });

  test("when it fails, the temporary file is removed", () => {
    const path = join(folder, "taken");
    mkdirSync(join(path, "inner"), { recursive: true });
    expect(() => writeAtomically(path, "x")).toThrow();
    expect(readdirSync(folder)).toEqual(["taken"]);
    expect(() => writeAtomically(join(folder, "none", "a"), "x")).toThrow(
      `cannot write ${join(folder, "none", "a")}: no such file or folder`,
    );
  });
});
