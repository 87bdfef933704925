import { configJsonSchema } from "../../experiment/config/schema.js";
import { isObject, type Json, type Path } from "../json.js";

/** A part of a JSON schema, as far as the form reads it. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What a config may be: all choices of the form are from here, and so from the families' indices. */
export const configForm: Schema = configJsonSchema() as Schema;

/** The member of a union by its kind. */
export interface Choice {
  readonly kind: string;
  readonly text: string;
  /** Its settings; undefined: it is a name alone. */
  readonly schema: Schema | undefined;
}

/** How a part of a config is asked for. */
export type Control =
  | { readonly kind: "number" | "integer"; readonly schema: Schema }
  | { readonly kind: "text" }
  | { readonly kind: "boolean" }
  | { readonly kind: "select"; readonly options: readonly Json[] }
  | { readonly kind: "numbers" }
  | { readonly kind: "names"; readonly options: readonly string[] }
  | { readonly kind: "member"; readonly choices: readonly Choice[] }
  | { readonly kind: "members"; readonly choices: readonly Choice[] }
  | { readonly kind: "group"; readonly properties: readonly (readonly [string, Schema])[] }
  /** A group, or false. */
  | { readonly kind: "optional"; readonly properties: readonly (readonly [string, Schema])[] }
  | { readonly kind: "json" };

export function controlOf(schema: Schema): Control {
  const { type, enum: names, anyOf, items, properties } = schema;
  if (anyOf?.some(({ const: value }) => value === false)) {
    const group = anyOf.find((each) => each.properties);
    if (group) return { kind: "optional", properties: Object.entries(group.properties ?? {}) };
  }
  const choices = choicesOf(schema);
  if (choices.length > 0) return { kind: "member", choices };
  if (names) return { kind: "select", options: names };
  if (type === "boolean") return { kind: "boolean" };
  if (type === "number" || type === "integer") return { kind: type, schema };
  if (type === "string") return { kind: "text" };
  if (type === "object" && properties) return { kind: "group", properties: Object.entries(properties) };
  if (type === "array" && items) {
    const members = choicesOf(items);
    if (members.length > 0) return { kind: "members", choices: members };
    if (items.enum) return { kind: "names", options: items.enum.map(String) };
    if (items.type === "number" || items.type === "integer") return { kind: "numbers" };
  }
  if (schema.prefixItems?.every((each) => each.type === "number")) return { kind: "numbers" };
  return { kind: "json" };
}

/** Members that are told apart by their kind, and those that are names alone. */
function choicesOf({ oneOf = [], anyOf = [] }: Schema): Choice[] {
  const members = [...oneOf, ...anyOf.flatMap((each) => each.oneOf ?? [])].flatMap((schema): Choice[] => {
    const kind = schema.properties?.kind?.const;
    return typeof kind === "string" ? [{ kind, text: schema.description ?? "", schema }] : [];
  });
  const names = anyOf.flatMap((each) => each.enum ?? []).filter((name) => typeof name === "string");
  const known = new Map(members.map((choice) => [choice.kind, choice]));
  if (names.length === 0) return members;
  return names.map((kind) => known.get(kind) ?? { kind, text: "", schema: undefined });
}

/** The kind of a member, or the name that stands for it. */
export function kindOf(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  return isObject(value) && typeof value.kind === "string" ? value.kind : undefined;
}

/** A member with as little as it needs. */
export function startingMember({ kind, schema }: Choice, namesAlone: boolean): Json {
  if (!schema || namesAlone) return kind;
  const needed = (schema.required ?? []).filter((key) => key !== "kind");
  const values = needed.flatMap((key): [string, Json][] => {
    const value = startingValue(schema.properties?.[key]);
    return value === undefined ? [] : [[key, value]];
  });
  return { kind, ...Object.fromEntries(values) };
}

function startingValue(schema: Schema | undefined): Json | undefined {
  if (!schema) return undefined;
  const [first = schema.default] = schema.examples ?? [];
  if (first !== undefined) return first;
  const { minimum = Number.NEGATIVE_INFINITY, type } = schema;
  if (type === "integer") return schema.minimum;
  if (type === "number") return minimum > 1 ? minimum : Math.min(1, schema.maximum ?? 1);
  return undefined;
}

/** The schema at a path, following the kinds that the value has. */
export function schemaAt(schema: Schema, path: Path): Schema | undefined {
  let here: Schema | undefined = schema;
  for (const key of path) here = here?.properties?.[key];
  return here;
}

/** "local steps" of localSteps. */
export function titleOf(key: string): string {
  const words = key.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
