import { booleanCodec, stringCodec } from "./category-codec.js";
import type { CellCodec } from "./codec.js";
import { dateCodec } from "./date-codec.js";
import type { TableField } from "./field.js";
import { integerCodec, numberCodec } from "./number-codec.js";

/** How the cells of a field are read and written. */
export function codecOf(field: TableField): CellCodec {
  switch (field.type) {
    case "number":
      return numberCodec(field);
    case "integer":
      return integerCodec(field);
    case "boolean":
      return booleanCodec(field);
    case "string":
      return stringCodec(field);
    case "date":
    case "datetime":
      return dateCodec(field);
  }
}
