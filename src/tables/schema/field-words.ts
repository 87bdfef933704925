import type { TableField } from "./field.js";

/** The type of a column and how it is written: "number 0.00, decimal comma, gaps "NA"". */
export function fieldWords(field: TableField): string {
  const format = "format" in field && field.format !== undefined ? ` ${field.format}` : "";
  const comma = "decimalChar" in field && field.decimalChar === "," ? ["decimal comma"] : [];
  const gaps = field.missingValues?.map((text) => JSON.stringify(text)).join(", ");
  return [`${field.type}${format}`, ...comma, ...(gaps === undefined ? [] : [`gaps ${gaps}`])].join(", ");
}
