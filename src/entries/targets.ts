/**
 * "fedscore/targets": laws that can be drawn from, and their exact denoisers and log densities.
 * @module fedscore/targets
 */
export type { AffineMap } from "../targets/affine-map.js";
export type { EmpiricalSpec } from "../targets/empirical.js";
export { createTarget, type ExactTargetSpec, type TargetKind, type TargetSpec, targetKinds } from "../targets/index.js";
export { createLaw, type LawSpec } from "../targets/law.js";
export type { GaussianMixture, UnroundedMixture } from "../targets/mixture.js";
export type { NormalSpec } from "../targets/normal.js";
export type { ExactTarget, Target } from "../targets/target.js";
