import { createFrom, familyOf, type SpecOf } from "../family.js";
import { checkerboard } from "./checkerboard.js";
import { gaussian } from "./gaussian.js";
import { grid } from "./grid.js";
import { lowRank } from "./low-rank.js";
import { moons } from "./moons.js";
import { product } from "./product.js";
import { ring } from "./ring.js";
import { swissRoll } from "./swiss-roll.js";
import type { ExactTarget, Target } from "./target.js";

/** Every target by its kind. */
export const targets = familyOf(ring, grid, moons, swissRoll, checkerboard, product, gaussian, lowRank);

/** A target as plain data. */
export type TargetSpec = SpecOf<typeof targets>;

/** Kinds of targets. */
export type TargetKind = TargetSpec["kind"];

/** Every kind of target, in the order of the documentation. */
export const targetKinds = Object.keys(targets) as readonly TargetKind[];

/** Targets whose exact denoiser is known: all but those that are curves. */
export type ExactTargetSpec = Exclude<TargetSpec, { readonly kind: "moons" | "swiss-roll" }>;

/** The target that a specification describes. @throws ArgumentError on an unknown kind or a value out of range. */
export function createTarget(spec: ExactTargetSpec): ExactTarget;
export function createTarget(spec: TargetSpec): Target;
export function createTarget(spec: TargetSpec): Target {
  return createFrom(targets, "target", spec);
}
