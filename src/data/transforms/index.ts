import { ArgumentError, requireInteger } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { invalidData } from "../formats/invalid.js";
import type { Moments } from "../moments.js";
import { compose } from "./compose.js";
import { FieldReader } from "./encoding.js";
import { type PcaSpec, type PcaTransform, pca } from "./pca.js";
import { type StandardizeSpec, standardize } from "./standardize.js";
import type { Transform, TransformData, TransformFamily } from "./transform.js";

export type { PcaSpec, PcaTransform, StandardizeSpec, Transform, TransformData, TransformFamily };
export { compose, pca, standardize };

/** What to fit, as plain data. */
export type TransformSpec = StandardizeSpec | PcaSpec;

/** Every kind that can be fitted. */
export const transformFamilies: readonly TransformFamily<TransformSpec>[] = [standardize, pca];

function familyOf(kind: string): TransformFamily<TransformSpec> | undefined {
  return transformFamilies.find((family) => family.kind === kind);
}

/** Fits transforms one behind the other, from the clients' summed moments alone: no row is looked at. */
export function fitTransforms(engine: Engine, specs: readonly TransformSpec[], moments: Moments): Transform {
  requireInteger("moments.count", moments.count, 1);
  const steps: Transform[] = [];
  let current = moments;
  specs.forEach((spec, index) => {
    const family = familyOf(spec.kind);
    if (!family) throw new ArgumentError(`transforms[${index}].kind`, `must be one of ${kinds()}`, spec.kind);
    const before = steps.at(-1);
    if (before) current = before.moments(current);
    steps.push(family.fit(engine, spec, current));
  });
  return compose(moments.dimension, steps);
}

/** The transform that `toJSON` described; `source` names the file in errors. Throws FEDSCORE_INVALID_DATA. */
export function transformFromJSON(engine: Engine, data: unknown, source: string): Transform {
  if (!isTransformData(data)) throw invalidData(source, "transform", "an object with a kind", data);
  if (data.kind !== "compose") {
    const family = familyOf(data.kind);
    if (!family) throw invalidData(source, "transform, kind", `one of compose, ${kinds()}`, data.kind);
    return family.fromJSON(engine, data, source);
  }
  const { steps } = data;
  if (!Array.isArray(steps)) throw invalidData(source, "transform compose, steps", "an array of transforms", steps);
  const restored = steps.map((step: unknown) => transformFromJSON(engine, step, source));
  const dimension = new FieldReader(data, source).size("dimension");
  const widths = [dimension, ...restored.map((step) => step.outputDimension)];
  restored.forEach(({ inputDimension }, index) => {
    if (inputDimension === widths[index]) return;
    throw invalidData(source, `transform compose, steps[${index}].dimension`, `${widths[index]}`, inputDimension);
  });
  return compose(dimension, restored);
}

function kinds(): string {
  return transformFamilies.map(({ kind }) => kind).join(", ");
}

function isTransformData(value: unknown): value is TransformData {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
