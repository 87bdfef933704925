import type { ExperimentConfig } from "./schema.js";

/** Keys that no result depends on. */
const irrelevant: ReadonlySet<string> = new Set(["$schema", "workers", "federation.checkpointEvery"]);

/** The first key, "training.rounds", whose value decides results and differs between two configs; undefined where they mean the same run. */
export function firstDifference(a: ExperimentConfig, b: unknown): string | undefined {
  return differenceAt("", JSON.parse(JSON.stringify(a)), b);
}

function differenceAt(path: string, a: unknown, b: unknown): string | undefined {
  if (irrelevant.has(path) || Object.is(a, b)) return undefined;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = differenceAt(path === "" ? key : `${path}.${key}`, a[key], b[key]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
