import { ArgumentError, requireArray, requireText } from "../../errors.js";
import { createFrom, familyOf, type SpecOf } from "../../family.js";
import { oneOf } from "../../fields.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { invalidData } from "../formats/invalid.js";
import { type Moments, requireMoments } from "../moments.js";
import { compose } from "./compose.js";
import { FieldReader } from "./encoding.js";
import { type PcaTransform, pca } from "./pca.js";
import { standardize } from "./standardize.js";
import type { InverseMap, Transform, TransformData } from "./transform.js";

export type { InverseMap, PcaTransform, Transform, TransformData };
export { compose, pca, standardize };

/** Every kind of transform that can be fitted, and restored from what its `toJSON` gave. */
export const transforms = familyOf(standardize, pca);

/** What to fit, as plain data. */
export type TransformSpec = SpecOf<typeof transforms>;

/** Fits transforms one behind the other, from the clients' summed moments alone: no row is looked at. */
export function fitTransforms(engine: Engine, specs: readonly TransformSpec[], moments: Moments): Transform {
  requireEngine(engine);
  requireArray("transforms", specs);
  requireMoments("moments", moments);
  const steps: Transform[] = [];
  let current = moments;
  specs.forEach((spec, index) => {
    const before = steps.at(-1);
    if (before) current = before.moments(current);
    const argument = `transforms[${index}]`;
    steps.push(createFrom(transforms, argument, spec, engine, current, argument));
  });
  return compose(moments.dimension, steps);
}

/** Deepest nesting of `compose` in a file. */
const deepest = 100;

/** The transform that `toJSON` described; `source` names the file in errors. Throws FEDSCORE_INVALID_DATA. */
export function transformFromJSON(engine: Engine, data: unknown, source: string): Transform {
  requireEngine(engine);
  requireText("source", source);
  return restore(engine, data, source, 0);
}

/** Throws ArgumentError for a transform that `transformFromJSON` would not read: of another kind, or nested too deep. */
export function requireRestorable(argument: string, data: TransformData): void {
  let level: readonly unknown[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    const composed = level.filter(isComposed);
    if (depth >= deepest && composed.length > 0) {
      throw new ArgumentError(argument, `must be nested at most ${deepest} deep`, "more");
    }
    const other = level.find(
      (each) => !isComposed(each) && !(isTransformData(each) && Object.hasOwn(transforms, each.kind)),
    );
    if (other !== undefined) {
      const found = isTransformData(other) ? other.kind : other;
      throw new ArgumentError(`${argument} kind`, oneOf(["compose", ...Object.keys(transforms)]), found);
    }
    level = composed.flatMap(({ steps }) => steps);
  }
}

/** What undoes a transform that `transformFromJSON` reads, map after map. Throws FEDSCORE_INVALID_DATA. */
export function inverseMaps(data: TransformData, source: string): readonly InverseMap[] {
  if (isComposed(data)) return [...data.steps].reverse().flatMap((step) => inverseMaps(step as TransformData, source));
  return [transforms[data.kind as keyof typeof transforms].inverseMap(data, source)];
}

function isComposed(value: unknown): value is TransformData & { readonly steps: readonly unknown[] } {
  return isTransformData(value) && value.kind === "compose" && Array.isArray(value.steps);
}

function restore(engine: Engine, data: unknown, source: string, depth: number): Transform {
  if (!isTransformData(data)) throw invalidData(source, "transform", "an object with a kind", data);
  if (data.kind !== "compose") {
    const kind = Object.values(transforms).find((each) => each.kind === data.kind);
    const known = ["compose", ...Object.keys(transforms)].join(", ");
    if (!kind) throw invalidData(source, "transform, kind", `one of ${known}`, data.kind);
    return kind.fromJSON(engine, data, source);
  }
  const { steps } = data;
  if (depth >= deepest)
    throw invalidData(source, "transform compose, steps", `at most ${deepest} inside one another`, "more");
  if (!Array.isArray(steps)) throw invalidData(source, "transform compose, steps", "an array of transforms", steps);
  // Of holes too, which map would leave.
  const restored = Array.from(steps, (step: unknown) => restore(engine, step, source, depth + 1));
  const dimension = new FieldReader(data, source).size("dimension");
  const widths = [dimension, ...restored.map((step) => step.outputDimension)];
  restored.forEach(({ inputDimension }, index) => {
    if (inputDimension === widths[index]) return;
    throw invalidData(source, `transform compose, steps[${index}].dimension`, `${widths[index]}`, inputDimension);
  });
  return compose(dimension, restored);
}

function isTransformData(value: unknown): value is TransformData {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
