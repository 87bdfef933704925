import type * as z from "zod";
import { describeValue } from "../../errors.js";
import { oneOf } from "../../fields.js";
import { pathOf } from "../../parse-json.js";
import { closest } from "../../suggest.js";

type Path = readonly PropertyKey[];

/** The part of a JSON schema that names the keys of an object. */
export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly items?: ObjectSchema;
  readonly oneOf?: readonly ObjectSchema[];
  /** An object, or something that is none. */
  readonly anyOf?: readonly ObjectSchema[];
  readonly const?: unknown;
}

/**
 * One readable sentence per problem of a validated value: `config.a.b[2] must lie in (0, 1], got 1.2`.
 * `root` is the name of the value, `schema` its JSON schema, which knows the keys an unknown key may have meant.
 */
export function describeProblems(
  root: string,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  schema: ObjectSchema,
): string[] {
  return issues.flatMap((issue) => describeProblem(root, value, issue, schema));
}

const mostProblems = 10;

/** The sentences that a person is shown: the first ones, and how many more there are. */
export function firstProblems(problems: readonly string[]): string {
  const more = problems.length - mostProblems;
  return [...problems.slice(0, mostProblems), ...(more > 0 ? [`... and ${more} more`] : [])].join("\n");
}

function describeProblem(root: string, value: unknown, issue: z.core.$ZodIssue, schema: ObjectSchema): string[] {
  const place = placeOf(root, issue.path);
  const found = issue.code === "custom" && issue.params ? issue.params.found : valueAt(value, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, value, issue.path);
    return issue.keys.map((key, index) => {
      const hint = index < mostProblems ? suggestion(key, known) : "";
      return `${placeOf(root, [...issue.path, key])} is not a known key${hint}`;
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0 && typeof found === "object" && found !== null) {
    // An object can only have been meant as the member that is one, which comes first.
    return issue.errors[0].flatMap((inner) => describeProblem(root, value, within(issue, inner), schema));
  }
  if (issue.code === "invalid_union" && typeof found === "string") {
    const named = issue.errors.flat().find((inner) => inner.code === "invalid_value");
    if (named) return describeProblem(root, value, within(issue, named), schema);
  }
  const names = allowedNames(issue);
  if (names) return [state(place, oneOf(names), found, names)];
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    return [state(place, `must be ${article(issue.expected)}`, found)];
  }
  return [state(place, issue.message, found)];
}

/** A problem of a member of a union, at its place in the whole. */
function within(union: z.core.$ZodIssue, inner: z.core.$ZodIssue): z.core.$ZodIssue {
  return { ...inner, path: [...union.path, ...inner.path] };
}

function state(place: string, rule: string, found: unknown, names: readonly (string | boolean)[] = []): string {
  if (found === undefined) return `${place} is missing: it ${rule}`;
  const hint = typeof found === "string" ? suggestion(found, names.map(String), false) : "";
  return `${place} ${rule}, got ${describeValue(found)}${hint}`;
}

function suggestion(name: string, candidates: readonly string[], listAll = true): string {
  const meant = closest(name, candidates);
  if (meant !== undefined) return `; did you mean ${JSON.stringify(meant)}?`;
  return listAll && candidates.length > 0 ? `; known here: ${candidates.join(", ")}` : "";
}

/** The names that an enum or the discriminator of a union allows, undefined for other problems. */
function allowedNames(issue: z.core.$ZodIssue): (string | boolean)[] | undefined {
  if (issue.code === "invalid_value") {
    return issue.values.map((value) => (typeof value === "boolean" ? value : String(value)));
  }
  if (
    issue.code === "invalid_union" &&
    issue.errors.length === 0 &&
    "options" in issue &&
    Array.isArray(issue.options)
  ) {
    return issue.options.map(String);
  }
  return undefined;
}

function article(expected: string): string {
  if (expected === "object") return "an object";
  if (expected === "array") return "an array";
  return expected === "int" ? "an integer" : `a ${expected}`;
}

function placeOf(root: string, path: Path): string {
  return `${root}${pathOf(path)}`;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.hasOwn(found, key) ? (found as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return found;
}

/** The keys the schema has at a path, following the union member whose `kind` the value has. */
function knownKeys(schema: ObjectSchema, value: unknown, path: Path): string[] {
  let here: ObjectSchema | undefined = memberOf(schema, value);
  let found = value;
  for (const key of path) {
    found = valueAt(found, [key]);
    const next: ObjectSchema | undefined = typeof key === "number" ? here?.items : here?.properties?.[String(key)];
    here = next && memberOf(next, found);
  }
  return Object.keys(here?.properties ?? {});
}

/** The member of a union whose constant, its discriminator, the value has. */
function memberOf(schema: ObjectSchema, value: unknown): ObjectSchema {
  const isMember = ({ properties = {} }: ObjectSchema) =>
    Object.entries(properties).some(([key, { const: name }]) => name !== undefined && name === valueAt(value, [key]));
  const inner = schema.anyOf?.find(({ properties, oneOf }) => properties ?? oneOf);
  return inner ? memberOf(inner, value) : (schema.oneOf?.find(isMember) ?? schema);
}
