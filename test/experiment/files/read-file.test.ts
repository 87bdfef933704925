import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { longestFile, longestText, readBytes, readText } from "../../../src/experiment/files/read-file.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("readBytes", () => {
  test("reads a file, and names what cannot be read", () => {
    const path = join(folder, "a");
    writeFileSync(path, "abc");
    expect(readBytes(path)).toEqual(Uint8Array.of(97, 98, 99));
    expect(readText(path)).toBe("abc");
    expect(() => readBytes(folder)).toThrow(`cannot read ${folder}: it is a folder`);
    expect(() => readBytes("none", { name: "config none", place: "a: " })).toThrow(
      "a: cannot read config none: no such file or folder",
    );
  });

  test("a file beyond the limit is refused before it is read", () => {
    const path = join(folder, "large");
    writeFileSync(path, "");
    truncateSync(path, longestText + 1);
    expect(() => readText(path)).toThrow(`it has ${longestText + 1} bytes, more than the ${longestText} that are read`);
    truncateSync(path, longestFile + 1);
    expect(() => readBytes(path)).toThrow(
      `it has ${longestFile + 1} bytes, more than the ${longestFile} that are read`,
    );
  });

  test.skipIf(process.platform === "win32")("what may have no end is refused at once", async () => {
    const [pipe, socket] = [join(folder, "pipe"), join(folder, "socket")];
    execFileSync("mkfifo", [pipe]);
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      expect(() => readBytes("/dev/zero")).toThrow("cannot read /dev/zero: it is a device, not a file");
      expect(() => readBytes(pipe)).toThrow("it is a pipe, not a file: write what comes from it into a file first");
      expect(() => readBytes(socket)).toThrow("it is a socket, not a file");
    } finally {
      server.close();
    }
  });

  test.skipIf(process.platform !== "linux")("files of /proc are as empty as they say", () => {
    expect(readBytes("/proc/self/status")).toHaveLength(0);
  });
});
