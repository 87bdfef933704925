/** Brings a bare clone to a built one: installs the dependencies when the lock file is newer than the installation, then builds. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contentHash, root, whenChanged } from "./build.mjs";

const oldest = [20, 19];

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    console.error(`fedscore needs Node >= ${oldest.join(".")}, this is ${process.versions.node}`);
    process.exit(2);
  }
}

/** `npm ci` in a folder when its lock file is newer than the installation; `stamp` is the name under which that is remembered. */
export async function install(folder = root, stamp = "install") {
  await whenChanged(
    stamp,
    contentHash([join(folder, "package-lock.json")]),
    [join(folder, "node_modules/.package-lock.json")],
    () => {
      console.log(`installing dependencies (npm ci) in ${folder}`);
      const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
        cwd: folder,
        stdio: "inherit",
        shell: process.platform === "win32",
      });
      if (npm.status !== 0) throw new Error(`npm ci in ${folder} ended with exit code ${npm.status}`);
    },
  );
}

export async function setup() {
  requireNode();
  await install();
  const { build } = await import("./build.mjs");
  await build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await setup();
