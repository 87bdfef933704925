/** Finds programs that tests need beside Node, or installs Debian's where this user may. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = (names) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(executable);

/** Path of a program: the value of the environment variable, or the first of the names on PATH; undefined where there is none. */
export const findProgram = ({ variable, names }) => process.env[variable] || onPath(names);

/** As findProgram, after `apt-get install` of the Debian package where apt-get is there and this is root. */
export function ensureProgram(program) {
  const found = findProgram(program);
  if (found || process.getuid?.() !== 0 || !onPath(["apt-get"])) return found;
  console.log(`installing ${program.debian} for the browser tests (apt-get)`);
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", program.debian],
  ]) {
    const step = spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (step.status !== 0) return undefined;
  }
  return findProgram(program);
}
