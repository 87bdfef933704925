/** Finds a Chromium for the browser tests, or installs Debian's where this user may. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of a Chromium: FEDSCORE_CHROMIUM, or the first one on PATH; undefined where there is none. */
export function findChromium() {
  if (process.env.FEDSCORE_CHROMIUM) return process.env.FEDSCORE_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(executable);
}

function onPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => executable(join(folder, command)));
}

/** As findChromium, after `apt-get install chromium` where apt-get is there and this is root. */
export function ensureChromium() {
  const found = findChromium();
  if (found || process.getuid?.() !== 0 || !onPath("apt-get")) return found;
  console.log("installing chromium for the browser tests (apt-get)");
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const step = spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (step.status !== 0) return undefined;
  }
  return findChromium();
}
