import { parseDecimal } from "./decimal.js";

/** How a CSV file is written. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly decimal: "." | ",";
}

const delimiters = [";", "\t", "|", ","];

/** The number that a text is; NaN where it is none. */
export function parseText(text: string, { decimal }: Pick<CsvDialect, "decimal">): number {
  const bytes = new TextEncoder().encode(text);
  return parseDecimal(bytes, 0, bytes.length, decimal.charCodeAt(0));
}

/** What to set so that a field which is no number may become some; undefined where no setting helps. */
export function adviceFor(field: string, dialect: CsvDialect): string | undefined {
  const other = dialect.decimal === "." ? "," : ".";
  if (Number.isFinite(parseText(field, { decimal: other }))) return set("decimal", other);
  return delimiterAdvice([field], dialect);
}

/** The delimiter to set where the fields of a row have another one in them. */
export function delimiterAdvice(row: readonly string[], { delimiter }: CsvDialect): string | undefined {
  const found = delimiters.find((each) => each !== delimiter && row.some((field) => field.includes(each)));
  return found === undefined ? undefined : set("delimiter", found);
}

/** `set decimal to ","`. */
export function set(key: string, value: string | boolean): string {
  return `set ${key} to ${JSON.stringify(value)}`;
}
