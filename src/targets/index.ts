import { ArgumentError } from "../errors.js";
import { type CheckerboardSpec, checkerboard } from "./checkerboard.js";
import { type GaussianSpec, gaussian } from "./gaussian.js";
import { type GridSpec, grid } from "./grid.js";
import { type LowRankSpec, lowRank } from "./low-rank.js";
import { type MoonsSpec, moons } from "./moons.js";
import { type ProductSpec, product } from "./product.js";
import { type RingSpec, ring } from "./ring.js";
import { type SwissRollSpec, swissRoll } from "./swiss-roll.js";
import type { Target } from "./target.js";

/** A target as plain data. */
export type TargetSpec =
  | RingSpec
  | GridSpec
  | MoonsSpec
  | SwissRollSpec
  | CheckerboardSpec
  | ProductSpec
  | GaussianSpec
  | LowRankSpec;

export type TargetKind = TargetSpec["kind"];

const targets: { readonly [K in TargetKind]: (spec: Extract<TargetSpec, { kind: K }>) => Target } = {
  ring,
  grid,
  moons,
  "swiss-roll": swissRoll,
  checkerboard,
  product,
  gaussian,
  "low-rank": lowRank,
};

export const targetKinds = Object.keys(targets) as readonly TargetKind[];

/** The target that a specification describes. Throws ArgumentError on an unknown kind or a value out of range. */
export function createTarget(spec: TargetSpec): Target {
  if (!Object.hasOwn(targets, spec.kind)) {
    throw new ArgumentError("target.kind", `must be one of ${targetKinds.join(", ")}`, spec.kind);
  }
  const create: (spec: never) => Target = targets[spec.kind];
  return create(spec as never);
}
