import { FedscoreError, requireObject } from "../errors.js";
import { affineTarget } from "./affine.js";
import type { AffineMap } from "./affine-map.js";
import { type EmpiricalSpec, empirical } from "./empirical.js";
import { createTarget, type TargetSpec } from "./index.js";
import { type NormalSpec, normal } from "./normal.js";
import type { Target } from "./target.js";

/** A data law in the coordinates that a network sees, as plain data: a target, points or a Gaussian, then (x - shift) / scale. */
export interface LawSpec {
  readonly of: TargetSpec | EmpiricalSpec | NormalSpec;
  readonly affine?: AffineMap | undefined;
  /** Of the target: only its rows with this label. */
  readonly class?: number | undefined;
}

/** The law that a specification describes. */
export function createLaw(spec: LawSpec): Target {
  const { of, affine } = requireObject("law", spec);
  requireObject("law.of", of, "must be an object with a kind");
  const whole = of.kind === "empirical" ? empirical(of) : of.kind === "normal" ? normal(of) : createTarget(of);
  const target = spec.class === undefined ? whole : lawOfClass(whole, spec.class);
  return affine ? affineTarget(target, affine) : target;
}

function lawOfClass(target: Target, label: number): Target {
  if (target.ofClass) return target.ofClass(label);
  const message = `the law of one class of ${target.name} is not known in closed form`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { law: target.name });
}
