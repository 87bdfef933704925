import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder, lockName } from "../../../src/experiment/files/lock.js";
import { requireBuild } from "../../support/built.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, lockName);
const written = () => JSON.parse(readFileSync(path(), "utf8"));
const put = (change: object) => {
  const release = lockFolder(folder);
  const lock = { ...written(), id: "theirs", ...change };
  release();
  writeFileSync(path(), JSON.stringify(lock));
};

/** The pid of a process that is no more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.on("close", resolve));
  return child.pid ?? Number.NaN;
}

describe("the lock of an output folder", () => {
  test("makes the folder, says who has it, and is given back", () => {
    const inner = join(folder, "a", "b");
    const release = lockFolder(inner);
    expect(JSON.parse(readFileSync(join(inner, lockName), "utf8"))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves what was written into the folder that it made, and a folder that was there", () => {
    const [inner, empty] = [join(folder, "a", "b"), join(folder, "empty")];
    mkdirSync(empty);
    const releases = [lockFolder(inner), lockFolder(empty)];
    writeFileSync(join(inner, "result.json"), "");
    for (const release of releases) release();
    expect(readdirSync(folder)).toEqual(["a", "empty"]);
    expect(readdirSync(inner)).toEqual(["result.json"]);
  });

  test.runIf(existsSync("/proc/self")).each(["/proc/out", "/proc/out/inner", "/proc/self", "/sys/out"])(
    "of a place where nothing can be written names the folder and the way out: %s",
    (place) => {
      expect(() => lockFolder(place)).toThrow(
        new RegExp(`^cannot use output folder ${place}: [a-z ]+: choose another --out$`),
      );
    },
  );

  test.runIf(process.getuid?.() !== 0)("of a folder that is read-only does too, and one below it", () => {
    chmodSync(folder, 0o555);
    for (const place of [folder, join(folder, "out")]) {
      expect(() => lockFolder(place)).toThrow(
        `cannot use output folder ${place}: permission denied: choose another --out`,
      );
    }
    chmodSync(folder, 0o755);
  });

  test("of a file in the place of the folder, or of one above it, does too", () => {
    writeFileSync(join(folder, "file"), "");
    for (const [place, reason] of [
      [join(folder, "file"), "it exists already"],
      [join(folder, "file", "out"), "a part of the path is not a folder"],
    ]) {
      expect(() => lockFolder(place)).toThrow(`cannot use output folder ${place}: ${reason}: choose another --out`);
    }
  });

  test("refuses a second run of this process", () => {
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(
      /^cannot use output folder .*: this process has been writing into it since 2/,
    );
    release();
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses while another process is there, by its pid, and says the way out", () => {
    put({ pid: process.ppid, begun: null });
    expect(() => lockFolder(folder)).toThrow(
      expect.objectContaining({
        code: "FEDSCORE_FILE",
        message: expect.stringMatching(
          `: process ${process.ppid} on ${hostname()} has been writing into it since .*: wait for it, stop it, or choose another --out$`,
        ),
      }),
    );
    expect(readdirSync(folder)).toEqual([lockName]);
  });

  test("is taken over from a process that is no more", async () => {
    put({ pid: await deadPid() });
    const release = lockFolder(folder);
    expect(written().pid).toBe(process.pid);
    release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(process.platform === "linux")("is taken over where the pid belongs to a later process now", () => {
    put({ pid: process.ppid, begun: "1" });
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of another machine is left alone, and what to remove is named", () => {
    put({ pid: 1, host: "elsewhere" });
    expect(() => lockFolder(folder)).toThrow(`if no run is writing there any more, remove ${path()}`);
    expect(written().host).toBe("elsewhere");
  });

  test("that is damaged is named", () => {
    for (const text of ["", "{", "\0\0\0", "{}", '{"pid":"x"}']) {
      writeFileSync(path(), text);
      expect(() => lockFolder(folder)).toThrow(`${path()} is damaged: remove it if no run is writing into its folder`);
    }
  });

  test("is not taken from the one that was quicker to take it over", async () => {
    put({ pid: await deadPid() });
    writeFileSync(`${path()}.claim`, "");
    expect(() => lockFolder(folder)).toThrow("another process is about to write into it");
  });

  test("gives back nothing that became another's", () => {
    const release = lockFolder(folder);
    writeFileSync(path(), JSON.stringify({ ...written(), id: "theirs" }));
    release();
    expect(written().id).toBe("theirs");
  });

  test("a file in place of the folder, or of its parent, is a typed error", () => {
    writeFileSync(join(folder, "file"), "");
    for (const place of [join(folder, "file"), join(folder, "file", "inner")]) {
      expect(() => lockFolder(place)).toThrow(expect.objectContaining({ code: "FEDSCORE_FILE" }));
    }
    mkdirSync(join(folder, "x", lockName), { recursive: true });
    expect(() => lockFolder(join(folder, "x"))).toThrow(expect.objectContaining({ code: "FEDSCORE_FILE" }));
  });

  test("of many processes that take over at once exactly one has it", async () => {
    requireBuild();
    put({ pid: await deadPid() });
    const script = `
      import { lockFolder } from ${JSON.stringify(new URL("../../../build/js/experiment/files/lock.js", import.meta.url).href)};
      process.stdin.once("data", () => {
        try { lockFolder(${JSON.stringify(folder)}); console.log("mine"); setTimeout(() => {}, 1500); }
        catch (error) { console.log(error.code); process.exit(0); }
      });
      console.log("ready");`;
    const children = Array.from({ length: 6 }, () => spawn(process.execPath, ["--input-type=module", "-e", script]));
    const said = children.map((child) => {
      let text = "";
      child.stdout.on("data", (chunk) => {
        text += chunk;
      });
      return () => text;
    });
    await expect.poll(() => said.every((text) => text().includes("ready")), { timeout: 20_000 }).toBe(true);
    for (const child of children) child.stdin.end("go\n");
    await Promise.all(children.map((child) => new Promise((resolve) => child.on("close", resolve))));
    const outcomes = said.map((text) => text().trim().split("\n")[1]).sort();
    expect(outcomes).toEqual([...Array(5).fill("FEDSCORE_FILE"), "mine"]);
  });
});
