/** Processes of a test or bench end with it, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withProcesses } from "../../tools/processes.mjs";

const fileOf = (name: string) => fileURLToPath(new URL(`../../tools/${name}.mjs`, import.meta.url));

/** Says where and who it is, in a file too, and waits. */
const waiting = `
  require("node:fs").writeFileSync(process.argv[1], JSON.stringify({ pid: process.pid, folder: process.cwd() }));
  console.log("ready");
  setInterval(() => {}, 1000);`;

let folder: string;
let notes: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fedscore-processes-"));
  notes = join(folder, "notes.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const argsOf = (script: string) => [fileOf("guard"), process.execPath, "-e", script, notes];

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const written = (): { pid: number; folder: string } => JSON.parse(readFileSync(notes, "utf8"));

async function expectGone(): Promise<void> {
  const { pid, folder } = written();
  await vi.waitFor(() => expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]), { timeout: 5000 });
}

describe.skipIf(process.platform === "win32")("processes of a bench", () => {
  it("end when the work fails, and leave no folder", async () => {
    const work = withProcesses(async (processes) => {
      await processes.start(process.execPath, argsOf(waiting), { ready: "ready" });
      const { pid, folder } = written();
      expect([isRunning(pid), existsSync(folder)]).toEqual([true, true]);
      throw new Error("of the work");
    });
    await expect(work).rejects.toThrow("of the work");
    await expectGone();
  });

  it("end when the bench is killed", async () => {
    const bench = `
      const { Processes } = await import(${JSON.stringify(fileOf("processes"))});
      await new Processes().start(process.execPath, ${JSON.stringify(argsOf(waiting))}, { ready: "ready" });
      console.log("started");`;
    const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "-e", bench]);
    if (!child.stdout) throw new Error("no output");
    await once(child.stdout, "data");
    expect(isRunning(written().pid)).toBe(true);
    child.kill("SIGKILL");
    await expectGone();
  });

  it("say why one does not start", async () => {
    const start = (script: string) =>
      withProcesses((processes) => processes.start(process.execPath, argsOf(script), { ready: "ready" }));
    await expect(start('console.error("no port"); process.exit(3)')).rejects.toThrow(/ended: no port$/);
    await expect(withProcesses((processes) => processes.start("/nonexistent", [], { ready: "x" }))).rejects.toThrow(
      /ENOENT/,
    );
  });
});
