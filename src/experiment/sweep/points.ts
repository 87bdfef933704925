import { canonicalJson } from "../../canonical-json.js";
import { sha256 } from "../../sha256.js";
import { type Json, withValueAt } from "../config/paths.js";
import type { SweepAxis, SweepConfig } from "./config.js";

/** A place on an axis: what stands in the table, and what it sets. */
interface Place {
  readonly value: number | string;
  readonly set: Readonly<Record<string, Json>>;
}

/** One combination of the axes' values and a seed. */
export interface SweepPoint {
  /** Value on each axis, by its name. */
  readonly at: Readonly<Record<string, number | string>>;
  readonly seed: number;
  /** The base with the axes' values and the seed in it. */
  readonly config: Json;
}

/** All points: the first axis outermost, the seeds innermost. */
export function pointsOf({ axes, base, seeds }: SweepConfig): SweepPoint[] {
  let places: { readonly at: SweepPoint["at"]; readonly config: Json }[] = [{ at: {}, config: base }];
  for (const axis of axes) {
    places = places.flatMap(({ at, config }) =>
      placesOf(axis).map(({ value, set }) => ({
        at: { ...at, [axis.name]: value },
        config: Object.entries(set).reduce((whole, [path, part]) => withValueAt(whole, path, part), config),
      })),
    );
  }
  return places.flatMap(({ at, config }) =>
    seeds.map((seed) => ({ at, seed, config: withValueAt(config, "seed", seed) })),
  );
}

function placesOf({ path, values }: SweepAxis): Place[] {
  return values.map((each) => {
    if (typeof each === "object") return each;
    return { value: each, set: path === undefined ? {} : { [path]: each } };
  });
}

/** Name of a point's file: a digest of all that decides its result. */
export function pointHash(parts: Json): string {
  return sha256(canonicalJson(parts)).slice(0, 32);
}

/** "dimension 8, grid karras, seed 1". */
export function describePoint({ at, seed }: Pick<SweepPoint, "at" | "seed">): string {
  return [...Object.entries(at).map(([name, value]) => `${name} ${value}`), `seed ${seed}`].join(", ");
}
