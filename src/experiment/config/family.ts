import * as z from "zod";
import type { Fields, Member } from "../../family.js";
import { type Field, optional, required, type Shape } from "../../fields.js";
import { numberSchema } from "./rules.js";

type FieldSchema<F> =
  F extends Field<infer Value, infer When>
    ? When extends typeof required
      ? z.ZodType<Value, Value>
      : When extends typeof optional
        ? z.ZodExactOptional<z.ZodType<Value, Value>>
        : z.ZodDefault<z.ZodType<Value, Value>>
    : never;

type SettingsSchemas<F extends Fields> = { readonly [Key in keyof F]: FieldSchema<F[Key]> };

/** The object that a member of a family is in a config: its kind, its fields and keys that the config adds. */
export type MemberSchema<M extends { readonly kind: string; readonly fields: Fields }, Added> = z.ZodObject<
  { readonly kind: z.ZodLiteral<M["kind"]> } & SettingsSchemas<M["fields"]> & Added,
  z.core.$strict
>;

type SchemasOf<Members extends Readonly<Record<string, Member>>, Added = unknown> = {
  readonly [Kind in keyof Members]: MemberSchema<Members[Kind], Added>;
};

/** The objects that the members of a family are in a config, by kind. */
export function memberSchemas<
  Members extends Readonly<Record<string, Member>>,
  Added extends Readonly<Record<string, z.ZodType>> = Record<never, never>,
>(family: Members, added?: Added) {
  const schemas = Object.entries(family).map(([kind, member]) => [kind, memberSchema(member, added)] as const);
  return Object.fromEntries(schemas) as SchemasOf<Members, Added>;
}

/** The values of an object that has these settings, by key. */
export function settingsSchemas<F extends Fields>(fields: F) {
  const schemas = Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)] as const);
  return Object.fromEntries(schemas) as SettingsSchemas<F>;
}

/** The union of all members of a family. */
export function familySchema<Members extends Readonly<Record<string, Member>>>(family: Members) {
  return unionOf<SchemasOf<Members>[keyof Members]>(memberSchemas(family));
}

/** The union of objects that their `kind` tells apart, which is also their key. */
export function unionOf<Schema extends z.core.$ZodTypeDiscriminable>(schemas: Readonly<Record<string, Schema>>) {
  const [first, ...others] = Object.values(schemas);
  return z.discriminatedUnion("kind", [first, ...others]);
}

function memberSchema({ kind, text, fields, check }: Member, added: Readonly<Record<string, z.ZodType>> = {}) {
  return z
    .strictObject({ kind: z.literal(kind), ...settingsSchemas(fields), ...added })
    .check(({ value, issues }) => {
      const problem = issues.length === 0 ? check?.(value) : undefined;
      if (!problem) return;
      const { rule, path } = problem;
      issues.push({ code: "custom", message: rule, path: [...path], input: value, params: { found: problem.value } });
    })
    .describe(text);
}

function fieldSchema({ shape, absent, text }: Field): z.ZodType {
  const schema = shapeSchema(shape);
  if (absent === required) return schema.describe(text);
  return (absent === optional ? schema.exactOptional() : schema.default(absent)).describe(text);
}

function shapeSchema(shape: Shape): z.ZodType {
  if (shape.type === "boolean") return z.boolean(shape.rule);
  if (shape.type === "choice") return z.literal(shape.names);
  if (shape.type === "text") return z.string(shape.rule).regex(shape.pattern, shape.rule);
  if (shape.type === "column") {
    const { rule } = shape;
    return z.union([z.string(rule).min(1, rule), z.int(rule).gte(0, rule)], rule);
  }
  if (shape.type !== "list") return numberSchema(shape);
  const list = z.array(numberSchema(shape.entry));
  return shape.least > 0 ? list.min(shape.least, shape.rule) : list;
}
