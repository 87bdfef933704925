import { ArgumentError, requireObject } from "./errors.js";
import { type Field, oneOf, optional, required } from "./fields.js";
import { requireOptions } from "./options.js";

export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F> = F extends Field<infer Value> ? Value : never;
type KeysWith<F extends Fields, When> = {
  [Key in keyof F]: F[Key] extends Field<unknown, When> ? Key : never;
}[keyof F];
type Flat<T> = { readonly [Key in keyof T]: T[Key] };

/** What a person writes: settings with a default may be absent. */
export type Given<F extends Fields> = Flat<
  { [Key in KeysWith<F, typeof required>]: ValueOf<F[Key]> } & {
    [Key in Exclude<keyof F, KeysWith<F, typeof required>>]?: ValueOf<F[Key]> | undefined;
  }
>;

/** What a member works with: only optional settings may be absent. */
export type Filled<F extends Fields> = Flat<
  { [Key in Exclude<keyof F, KeysWith<F, typeof optional>>]: ValueOf<F[Key]> } & {
    [Key in KeysWith<F, typeof optional>]?: ValueOf<F[Key]>;
  }
>;

/** A rule between settings that does not hold, at one of them. */
export interface Problem {
  /** ["times", 2] for times[2]. */
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly value: unknown;
}

/** One kind of a family: its settings and what is made of them. One file per member, plus one line in the index. */
export interface Member<
  Kind extends string = string,
  F extends Fields = Fields,
  Context extends readonly unknown[] = readonly unknown[],
  Made = unknown,
> {
  readonly kind: Kind;
  /** Paper and equation, where the member comes from one. */
  readonly source?: string;
  readonly text: string;
  readonly fields: F;
  /** The first rule between settings that they break, each of which is in its range. */
  check?(spec: Filled<F>): Problem | undefined;
  /** What the settings describe, all of them filled in and checked. */
  create(spec: Filled<F>, ...context: Context): Made;
}

export type Family<Context extends readonly unknown[] = readonly unknown[], Made = unknown> = Readonly<
  Record<string, Member<string, Fields, Context, Made>>
>;

type Described = Readonly<Record<string, { readonly kind: string; readonly fields: Fields }>>;

/** The specifications of a family, as plain data: `kind` names the member, the rest are its settings. */
export type SpecOf<Members extends Described> = {
  [Kind in keyof Members]: { readonly kind: Members[Kind]["kind"] } & Given<Members[Kind]["fields"]>;
}[keyof Members];

/** Specifications with all their defaults. */
export type FilledSpecOf<Members extends Described> = {
  [Kind in keyof Members]: { readonly kind: Members[Kind]["kind"] } & Filled<Members[Kind]["fields"]>;
}[keyof Members];

/** A member whose settings' types follow from its fields. */
export function member<const Kind extends string, F extends Fields, Context extends readonly unknown[], Made>(
  definition: Member<Kind, F, Context, Made>,
): Member<Kind, F, Context, Made> {
  return definition;
}

/** A member of a family without settings, whose name is a type of its own. */
export function namedMember<M extends { readonly name: string }>() {
  return <const Name extends string>(definition: M & { readonly name: Name }): M & { readonly name: Name } =>
    definition;
}

type Keyed = { readonly kind: string } | { readonly name: string };
type KeyOf<M extends Keyed> = M extends { readonly kind: infer Kind extends string }
  ? Kind
  : M extends { readonly name: infer Name extends string }
    ? Name
    : never;

/** Members by their kinds, or by their names where they have no settings. */
export function familyOf<const Members extends readonly Keyed[]>(
  ...members: Members
): { readonly [M in Members[number] as KeyOf<M>]: M } {
  const entries = members.map((each) => ["kind" in each ? each.kind : each.name, each] as const);
  const family = Object.fromEntries(entries) as { readonly [M in Members[number] as KeyOf<M>]: M };
  Object.freeze(family);
  return family;
}

/**
 * The member with a name; `argument` is what messages call it.
 * @throws ArgumentError for a name that the family does not have.
 */
export function memberNamed<M>(family: Readonly<Record<string, M>>, argument: string, name: string): M {
  if (typeof name !== "string" || !Object.hasOwn(family, name))
    throw new ArgumentError(argument, oneOf(Object.keys(family)), name);
  return family[name];
}

/**
 * What the member that `spec` names makes of it; `argument` is the name of the specification in messages.
 * @throws ArgumentError or ArgumentTypeError for an unknown kind, a setting outside of its range, or a rule between settings.
 */
export function createFrom<Context extends readonly unknown[], Made>(
  family: Family<Context, Made>,
  argument: string,
  spec: { readonly kind: string },
  ...context: Context
): Made {
  const named = memberOf(family, argument, spec);
  return named.create(settingsOf(named, argument, spec), ...context);
}

/**
 * The same specification with all defaults. Two specifications that say the same are equal then.
 * @throws ArgumentError or ArgumentTypeError, as createFrom does.
 */
export function complete<Members extends Family>(
  family: Members,
  argument: string,
  spec: SpecOf<Members>,
): FilledSpecOf<Members> {
  const named = memberOf<Member>(family, argument, spec);
  return { kind: named.kind, ...settingsOf(named, argument, spec) } as FilledSpecOf<Members>;
}

function settingsOf({ fields, check }: Member, argument: string, spec: object): Record<string, unknown> {
  requireOptions(argument, spec, ["kind", ...Object.keys(fields)]);
  const filled = fill(fields, argument, spec);
  const problem = check?.(filled);
  if (problem) throw new ArgumentError(placeOf(argument, problem.path), problem.rule, problem.value);
  return filled;
}

/** Settings with their defaults. Throws ArgumentError or ArgumentTypeError as `${argument}.key`, or as `key` for argument "". */
export function filledSettings<F extends Fields>(fields: F, argument: string, given: Given<F>): Filled<F> {
  return fill(fields, argument, requireObject(argument, given)) as Filled<F>;
}

/** Settings none of which may be absent but the optional ones. Throws ArgumentError or ArgumentTypeError as `${argument}.key`. */
export function wholeSettings<F extends Fields>(fields: F, argument: string, given: object): Filled<F> {
  const values: Readonly<Record<string, unknown>> = { ...requireObject(argument, given) };
  const present = Object.entries(fields).filter(
    ([key, { absent }]) => absent !== optional || values[key] !== undefined,
  );
  return Object.fromEntries(
    present.map(([key, { check }]) => [key, check(`${argument}.${key}`, values[key])]),
  ) as Filled<F>;
}

function memberOf<M extends Member>(
  family: Readonly<Record<string, M>>,
  argument: string,
  spec: { readonly kind: string },
): M {
  return memberNamed(family, `${argument}.kind`, requireObject(argument, spec, "must be an object with a kind").kind);
}

function fill(fields: Fields, argument: string, spec: object): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [key, { absent, check }] of Object.entries(fields)) {
    const isGiven = Object.prototype.propertyIsEnumerable.call(spec, key);
    const value: unknown = isGiven ? spec[key as keyof typeof spec] : undefined;
    if (value !== undefined || absent === required)
      filled[key] = check(argument === "" ? key : `${argument}.${key}`, value);
    else if (absent !== optional) filled[key] = absent;
  }
  return filled;
}

function placeOf(argument: string, path: Problem["path"]): string {
  return path.reduce<string>(
    (place, key) => (typeof key === "number" ? `${place}[${key}]` : `${place}.${key}`),
    argument,
  );
}
