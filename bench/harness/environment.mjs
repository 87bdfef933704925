/** Where a result was measured. */
import { execFileSync } from "node:child_process";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { nodes } from "./roster.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

function git(...args) {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

export function hardware() {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0].model.trim()}, ${cpus().length} threads, ${gigabytes} GiB, ${platform()} ${release()} ${arch()}`;
}

/** Commit of the sources, with a plus where they differ from it. */
export function commit() {
  const hash = git("rev-parse", "HEAD");
  const changed = git("status", "--porcelain", "--", "src", "assembly", "bench", ":!bench/results");
  return hash && `${hash.slice(0, 12)}${changed ? "+" : ""}`;
}

export const nodeVersions = () => ({ node: nodes.current.version, "node (newest)": nodes.newest.version });
