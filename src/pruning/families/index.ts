import { requireObject } from "../../errors.js";
import { familyOf, memberNamed } from "../../family.js";
import type { MaskFamily } from "../mask.js";
import { coverage } from "./coverage.js";
import { full } from "./full.js";
import { magnitude } from "./magnitude.js";
import { magnitudeUnstructured } from "./magnitude-unstructured.js";
import { prefix } from "./prefix.js";
import { random } from "./random.js";
import { rolling } from "./rolling.js";
import { taylor } from "./taylor.js";

/** Every family that needs nothing but a keep ratio per client, by its name. */
export const maskFamilies = familyOf(full, prefix, rolling, random, coverage, magnitude, taylor, magnitudeUnstructured);

/** Names of the mask families. */
export type MaskFamilyName = keyof typeof maskFamilies;

/** A mask family as plain data. */
export interface MaskFamilySpec {
  readonly kind: MaskFamilyName;
}

/** The family that a specification names. Throws ArgumentError on an unknown kind. */
export function createMaskFamily(spec: MaskFamilySpec): MaskFamily {
  return memberNamed(maskFamilies, "masks.kind", requireObject("masks", spec, "must be an object with a kind").kind);
}
