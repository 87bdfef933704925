import { ArgumentError } from "../../errors.js";
import { oneOf } from "../../fields.js";
import type { MaskFamily } from "../mask.js";
import { coverage } from "./coverage.js";
import { full } from "./full.js";
import { magnitude } from "./magnitude.js";
import { magnitudeUnstructured } from "./magnitude-unstructured.js";
import { prefix } from "./prefix.js";
import { random } from "./random.js";
import { rolling } from "./rolling.js";
import { taylor } from "./taylor.js";
import { type UserMaskFamilySpec, user } from "./user.js";

export type { UserMaskFamilySpec };

/** The families that need nothing but a keep ratio per client. */
export const maskFamilies = {
  full,
  prefix,
  rolling,
  random,
  coverage,
  magnitude,
  taylor,
  "magnitude-unstructured": magnitudeUnstructured,
} satisfies Record<string, MaskFamily>;

/** Names of the mask families. */
export type MaskFamilyName = keyof typeof maskFamilies;

/** A mask family as plain data. */
export type MaskFamilySpec = { readonly kind: MaskFamilyName } | UserMaskFamilySpec;

/** The family that a specification names. Throws ArgumentError on an unknown kind. */
export function createMaskFamily(spec: MaskFamilySpec): MaskFamily {
  if (spec.kind === "user") return user(spec);
  if (Object.hasOwn(maskFamilies, spec.kind)) return maskFamilies[spec.kind];
  throw new ArgumentError("masks.kind", oneOf([...Object.keys(maskFamilies), "user"]), spec.kind);
}
