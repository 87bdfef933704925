/**
 * `node guard.mjs COMMAND ...ARGUMENTS`: runs a server in a folder of its own until standard input ends, as it does when the process that
 * started this one is gone, however it went. Then the server is killed and the folder removed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [command, ...args] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "fedscore-bench-"));
const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });

function end(status) {
  rmSync(folder, { recursive: true, force: true });
  process.exit(status);
}

child.once("error", ({ message }) => {
  console.error(message);
  end(1);
});
child.once("exit", (status) => end(status ?? 1));
const kill = () => child.kill("SIGKILL");
process.stdin.resume().once("end", kill);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, kill);
