import type { TableField } from "./field.js";

/** The type of a column and how it is written: "integer", "date %Y-%m-%d". */
export function fieldWords(field: TableField): string {
  return "format" in field && field.format !== undefined ? `${field.type} ${field.format}` : field.type;
}
