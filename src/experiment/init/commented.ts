import type * as z from "zod";

type Schema = z.core.JSONSchema.JSONSchema;

type Plain = null | string | number | boolean | readonly Plain[] | PlainObject;
interface PlainObject {
  readonly [key: string]: Plain | undefined;
}

const widest = 120;

/** JSON text of an object in which each key is explained by the schema's description of it, in `//` comments. */
export function commentedJson(value: PlainObject, schema: Schema): string {
  return `${textOf(value, schema, "")}\n`;
}

function textOf(value: Plain, schema: Schema, indent: string): string {
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.every((entry) => typeof entry !== "object"))
      return `[${value.map((each) => JSON.stringify(each)).join(", ")}]`;
    const items = itemsOf(schema);
    const isExplained = items.properties !== undefined || membersOf(items) !== undefined;
    const entry = (each: Plain) => (isExplained ? textOf(each, items, inner) : oneLine(each));
    return `[\n${value.map((each) => inner + entry(each)).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const member = memberFor(value, schema);
  const given = Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, each] as const]));
  const lines = given.map(([key, each], index) =>
    entryText(key, each, propertyOf(member, key), inner, index < given.length - 1 ? "," : ""),
  );
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/** A value that nothing explains, with blanks where people put them. */
function oneLine(value: Plain): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(oneLine).join(", ")}]`;
  const given = Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, each] as const]));
  return `{ ${given.map(([key, each]) => `${JSON.stringify(key)}: ${oneLine(each)}`).join(", ")} }`;
}

/** One key, its comment behind it where there is room, else above it. */
function entryText(key: string, value: Plain, schema: Schema, indent: string, end: string): string {
  const comment = commentOf(value, schema);
  const text = `${indent}${JSON.stringify(key)}: ${textOf(value, schema, indent)}${end}`;
  if (comment === "") return text;
  const beside = `${text} // ${comment}`;
  if (!text.includes("\n") && beside.length <= widest) return beside;
  return [...wrapped(comment, widest - indent.length - 3).map((line) => `${indent}// ${line}`), text].join("\n");
}

/** The description, and what else may stand there: the values of an enumeration, or the kinds of a family. */
function commentOf(value: Plain, schema: Schema): string {
  const kinds =
    typeof value === "object" && value !== null
      ? (membersOf(itemsOf(schema)) ?? membersOf(schema) ?? []).flatMap(kindOf)
      : [];
  const choices = [...(schema.enum ?? kinds)];
  return [
    schema.description,
    choices.length > 1 ? `One of ${choices.map((each) => JSON.stringify(each)).join(", ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** Of a union the member that the value's kind names. */
function memberFor({ kind }: PlainObject, schema: Schema): Schema {
  const members = membersOf(schema)?.filter(({ properties }) => properties) ?? [schema];
  return members.find((member) => kindOf(member)[0] === kind) ?? members[0] ?? schema;
}

const membersOf = ({ oneOf, anyOf }: Schema): Schema[] | undefined => oneOf ?? anyOf;

function kindOf(member: Schema): string[] {
  const { const: kind } = propertyOf(member, "kind");
  return typeof kind === "string" ? [kind] : [];
}

function propertyOf({ properties = {} }: Schema, key: string): Schema {
  const property = properties[key];
  return typeof property === "object" ? property : {};
}

function itemsOf({ items }: Schema): Schema {
  return typeof items === "object" && !Array.isArray(items) ? items : {};
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
