import fc from "fast-check";
import type { Member } from "../../src/family.js";
import { type Field, type NumberShape, required, type Shape } from "../../src/fields.js";

/** A specification as JSON gives it. */
export type Spec = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Numbers of an interval; where it has no end, those of the size that settings have. */
function numberIn({ type, low, high, openLow, openHigh }: NumberShape): fc.Arbitrary<number> {
  const min = Number.isFinite(low) ? low : -100;
  if (type === "integer") return fc.integer({ min, max: Math.min(high, min + 40) });
  const max = Math.min(high, min + 100);
  return fc.double({ min, max, minExcluded: openLow, maxExcluded: openHigh && max === high, noNaN: true });
}

function shaped(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.type === "boolean") return fc.boolean();
  if (shape.type === "choice") return fc.constantFrom(...shape.names);
  if (shape.type === "text") return fc.stringMatching(shape.pattern);
  if (shape.type === "column") return fc.oneof(fc.nat(5), fc.constantFrom("a", "b"));
  if (shape.type !== "list") return numberIn(shape);
  return fc.array(numberIn(shape.entry), { minLength: shape.least, maxLength: shape.least + 2 });
}

const isRequired = ([, { absent }]: [string, Field]) => absent === required;

/** Specifications of a member, each of its settings in range or absent, whose rules between settings hold. */
export function arbitrarySpec({ kind, fields, check }: Member): fc.Arbitrary<Spec> {
  const entries = Object.entries(fields);
  const values = Object.fromEntries(entries.map(([key, { shape }]) => [key, shaped(shape)]));
  const requiredKeys = entries.filter(isRequired).map(([key]) => key);
  const filled = (given: object) => ({
    ...Object.fromEntries(entries.flatMap(([key, { absent }]) => (typeof absent === "symbol" ? [] : [[key, absent]]))),
    ...given,
  });
  return fc
    .record(values, { requiredKeys })
    .filter((given) => check?.(filled(given)) === undefined)
    .map((given) => ({ ...given, kind }));
}

/** Specifications of all members of a family. */
export function arbitrarySpecIn(family: Readonly<Record<string, Member>>): fc.Arbitrary<Spec> {
  return fc.oneof(...Object.values(family).map(arbitrarySpec));
}
