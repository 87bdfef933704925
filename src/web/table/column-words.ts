import { ownEntry } from "../../tables/own-entry.js";
import type { TableField } from "../../tables/schema/field.js";
import { fieldWords } from "../../tables/schema/field-words.js";
import type { Overrule, SurveyedColumn } from "../lab/table-survey.js";

/** Every type that a column may have. */
export const fieldTypes: readonly TableField["type"][] = ["number", "integer", "boolean", "string", "date", "datetime"];

/** Whether a person leaves a column out, or else the guess. */
export function isLeftOut({ name, guessed }: SurveyedColumn, overrule: Overrule): boolean {
  const said = ownEntry(overrule, name);
  return said === undefined ? guessed.leftOut : said === false;
}

/** The type that a person gives a column, or else the guess. */
export function typeOf({ name, guessed }: SurveyedColumn, overrule: Overrule): TableField["type"] {
  const said = ownEntry(overrule, name);
  return (said ? said.type : undefined) ?? guessed.field.type;
}

/** What was guessed of a column, and what a person should know of it. */
export function guessWords({ guessed, field, warnings, leftOut }: SurveyedColumn): string {
  const isOther = field.type !== guessed.field.type;
  const what = [`guessed: ${fieldWords(guessed.field)}`];
  if (guessed.leftOut) what.push(leftOut ? "left out" : "would be left out");
  // Of another type, what was said of the guess says nothing any more.
  return [...what, ...(isOther ? warnings : guessed.warnings)].join("; ");
}

/** What is said of the columns once a person keeps one or leaves it out. */
export function withKept(overrule: Overrule, { name, guessed }: SurveyedColumn, isKept: boolean): Overrule {
  if (!isKept) return { ...overrule, [name]: false };
  // Which columns clients would tell little of depends on the others: one that was left out and is wanted again stays.
  return guessed.leftOut || ownEntry(overrule, name) === false
    ? { ...overrule, [name]: {} }
    : asGuessed(overrule, name);
}

/** The same once they give a column a type; dates have a format where one is given. */
export function withType(
  overrule: Overrule,
  { name, guessed }: SurveyedColumn,
  type: TableField["type"],
  format?: string,
): Overrule {
  const isGuess = type === guessed.field.type && format === undefined;
  if (isGuess) return guessed.leftOut ? { ...overrule, [name]: {} } : asGuessed(overrule, name);
  return { ...overrule, [name]: { type, ...(format !== undefined && { format }) } };
}

function asGuessed(overrule: Overrule, column: string): Overrule {
  return Object.fromEntries(Object.entries(overrule).filter(([name]) => name !== column));
}
