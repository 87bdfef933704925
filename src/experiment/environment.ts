import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Variant } from "../kernels/index.js";
import type { ExperimentResult } from "./result/schema.js";

/** The version of fedscore in its package.json. */
export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}

/** What a run ran on. */
export function describeEnvironment(variant: Variant, workers: number): ExperimentResult["environment"] {
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  const runtime = runtimeName(process.versions);
  return { version: packageVersion(), node: process.versions.node, ...(runtime && { runtime }), variant, workers, cpu };
}

/** "Bun 1.3.0": of runtimes that take Node's version for their own; undefined for Node. */
export function runtimeName(versions: Readonly<Record<string, string | undefined>>): string | undefined {
  if (versions.bun !== undefined) return `Bun ${versions.bun}`;
  return versions.deno === undefined ? undefined : `Deno ${versions.deno}`;
}
