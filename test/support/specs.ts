import fc from "fast-check";
import type { Member, SpecOf } from "../../src/family.js";
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

/** The settings of a specification with the defaults of those that it leaves out. */
function filled({ fields }: Member, given: object): Record<string, unknown> {
  const defaults = Object.entries(fields).filter(([, { absent }]) => typeof absent !== "symbol");
  return { ...Object.fromEntries(defaults.map(([key, { absent }]) => [key, absent])), ...given };
}

const obeys = (member: Member, given: object) => member.check?.(filled(member, given)) === undefined;

/** Specifications of a member, each of its settings in range or absent, whose rules between settings hold. */
export function arbitrarySpec(member: Member): fc.Arbitrary<Spec> {
  const { kind, fields } = member;
  const entries = Object.entries(fields);
  const values = Object.fromEntries(entries.map(([key, { shape }]) => [key, shaped(shape)]));
  const requiredKeys = entries.filter(isRequired).map(([key]) => key);
  return fc
    .record(values, { requiredKeys })
    .filter((given) => obeys(member, given))
    .map((given) => ({ ...given, kind }));
}

/** Specifications of all members of a family. */
export function arbitrarySpecIn<Members extends Readonly<Record<string, Member>>>(
  family: Members,
): fc.Arbitrary<SpecOf<Members>> {
  return fc.oneof(...Object.values(family).map(arbitrarySpec)).map((spec) => spec as SpecOf<Members>);
}

/** One specification of each member: as `given`, else with nothing but what is required, else any that obeys the member's rules. */
export function specsOf<Members extends Readonly<Record<string, Member>>>(
  family: Members,
  given: Partial<Record<keyof Members, object>> = {},
): SpecOf<Members>[] {
  return Object.entries(family).map(([kind, member]) => {
    const needed = Object.entries(member.fields).filter(isRequired);
    const values = fc.record(Object.fromEntries(needed.map(([key, { shape }]) => [key, shaped(shape)])));
    const [least] = fc.sample<object>(values, { seed: 1, numRuns: 1 });
    const drawn = () => (obeys(member, least) ? least : fc.sample(arbitrarySpec(member), { seed: 1, numRuns: 1 })[0]);
    return { ...(given[kind] ?? drawn()), kind } as SpecOf<Members>;
  });
}

/** Numbers of an interval at its ends and at all sizes between; what has no end goes to where float64 ends. */
function extremeNumber(shape: NumberShape): fc.Arbitrary<number> {
  const { type, low, high, openLow, openHigh } = shape;
  const [min, max] = [Math.max(low, -Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE)];
  if (type === "integer") {
    const ends = [min, Math.min(max, min + 1), Math.min(max, 300)];
    return fc.oneof(fc.constantFrom(...ends), fc.integer({ min, max: Math.min(max, min + 200) }));
  }
  const ends = [...(openLow ? [] : [min]), ...(openHigh && max === high ? [] : [max])];
  const small = Math.max(min, 0) || Number.MIN_VALUE;
  const sizes = fc
    .double({ min: Math.log(small), max: Math.log(max), noNaN: true })
    .map((exponent) => Math.min(max, Math.max(small, Math.exp(exponent))))
    .filter((value) => (!openLow || value > low) && (!openHigh || value < high));
  return fc.oneof(...(ends.length > 0 ? [fc.constantFrom(...ends)] : []), sizes, numberIn(shape));
}

/** Specifications of a member whose settings are as extreme as their ranges allow; rules between settings may be broken. */
export function extremeSpec(member: Member): fc.Arbitrary<Spec> {
  const { kind, fields } = member;
  const extreme = ({ shape }: Field) => {
    if (shape.type === "number" || shape.type === "integer") return extremeNumber(shape);
    if (shape.type === "list") return fc.array(extremeNumber(shape.entry), { minLength: shape.least, maxLength: 4 });
    return shaped(shape);
  };
  const values = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, extreme(field)]));
  const requiredKeys = Object.entries(fields)
    .filter(isRequired)
    .map(([key]) => key);
  return fc.record(values, { requiredKeys }).map((given) => ({ ...given, kind }));
}
