import type { ExperimentConfig } from "./schema.js";

/** Keys that no result depends on. */
const irrelevant: ReadonlySet<string> = new Set(["$schema", "workers", "output", "federation.checkpointEvery"]);

/** A run may be resumed with a greater one: a longer run begins like a shorter one. */
export const raisable = "training.rounds";

/** Keys that may differ where a run is resumed: those of when a round is closed say nothing of the rounds that are done. */
export const resumable: readonly string[] = [
  raisable,
  "federation.deadline",
  "federation.minimumUpdates",
  "federation.aggregationGoal",
];

/**
 * The first key, "training.rounds", whose value decides results and differs between two configs; undefined where they mean the same run.
 * @param allowed keys that may differ.
 */
export function firstDifference(a: ExperimentConfig, b: unknown, allowed: readonly string[] = []): string | undefined {
  return differenceAt("", decisive(a), decisive(b), new Set(allowed));
}

/** All of a config, as JSON, that results depend on. */
export function decisive(config: unknown): unknown {
  return JSON.parse(JSON.stringify(withoutIrrelevant("", config)));
}

function withoutIrrelevant(path: string, value: unknown): unknown {
  if (!isObject(value) || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [pathTo(path, key), key, inner] as const);
  const left = entries.filter(([inside]) => !irrelevant.has(inside));
  return Object.fromEntries(left.map(([inside, key, inner]) => [key, withoutIrrelevant(inside, inner)]));
}

function differenceAt(path: string, a: unknown, b: unknown, allowed: ReadonlySet<string>): string | undefined {
  if (allowed.has(path) || Object.is(a, b)) return undefined;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = differenceAt(pathTo(path, key), a[key], b[key], allowed);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function pathTo(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
