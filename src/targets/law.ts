import { type AffineMap, affineTarget } from "./affine.js";
import { type EmpiricalSpec, empirical } from "./empirical.js";
import { createTarget, type TargetSpec } from "./index.js";
import type { Target } from "./target.js";

/** A data law in the coordinates that a network sees, as plain data: a target or points, then (x - shift) / scale. */
export interface LawSpec {
  readonly of: TargetSpec | EmpiricalSpec;
  readonly affine?: AffineMap;
}

/** The law that a specification describes. */
export function createLaw({ of, affine }: LawSpec): Target {
  const target = of.kind === "empirical" ? empirical(of) : createTarget(of);
  return affine ? affineTarget(target, affine) : target;
}
