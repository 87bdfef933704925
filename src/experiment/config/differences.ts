import { decisive } from "./difference.js";
import type { Json } from "./paths.js";

/** A key whose value differs, "training.rounds", and its value in each config; undefined where a config has none. */
export interface ConfigDifference {
  readonly key: string;
  readonly values: readonly (Json | undefined)[];
}

/** Where configs differ in what decides results, in the order of their keys; names say nothing of them. A list is one value. */
export function configDifferences(configs: readonly unknown[]): ConfigDifference[] {
  const all = configs.map((config) => new Map(leavesOf("", decisive(config) as Json)));
  const keys = [...new Set(all.flatMap((leaves) => [...leaves.keys()]))];
  return keys.flatMap((key) => {
    const values = all.map((leaves) => leaves.get(key));
    const isSame = values.every((value) => JSON.stringify(value) === JSON.stringify(values[0]));
    return isSame || key === "name" ? [] : [{ key, values }];
  });
}

function leavesOf(path: string, value: Json): (readonly [string, Json])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(path === "" ? key : `${path}.${key}`, inner));
}
