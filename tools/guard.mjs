/**
 * `node guard.mjs [--in FOLDER] COMMAND ...ARGUMENTS`: runs a server until standard input ends, as it does when the process that started this one
 * is gone, however it went. Then the server is killed. Without FOLDER it runs in a folder of its own, which is removed then.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const given = process.argv.slice(2);
const [named] = given[0] === "--in" ? given.splice(0, 2).slice(1) : [];
const [command, ...args] = given;
const folder = named ?? mkdtempSync(join(tmpdir(), "fedscore-server-"));
const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });

function end(status) {
  if (named === undefined) rmSync(folder, { recursive: true, force: true });
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
