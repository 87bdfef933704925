import { describeValue } from "../../errors.js";
import type { CategoryCodec } from "./codec.js";
import type { BooleanField, StringField } from "./field.js";

const defaults = { true: ["true", "True", "TRUE", "1"], false: ["false", "False", "FALSE", "0"] } as const;

/** Categories "false" and "true". */
export function booleanCodec({
  trueValues = defaults.true,
  falseValues = defaults.false,
}: BooleanField): CategoryCodec {
  return {
    kind: "category",
    expected: `one of ${listed([...trueValues, ...falseValues])}`,
    categories: ["false", "true"],
    read(cell) {
      const text = cell.trim();
      if (trueValues.includes(text)) return "true";
      return falseValues.includes(text) ? "false" : undefined;
    },
    write: (category) => (category === "true" ? trueValues : falseValues)[0] ?? category,
  };
}

export function stringCodec({ constraints }: StringField): CategoryCodec {
  const categories = constraints?.enum;
  const known = categories && new Set(categories);
  return {
    kind: "category",
    expected: categories ? `one of ${listed(categories)}` : "a text",
    categories,
    read: (cell) => (known === undefined || known.has(cell) ? cell : undefined),
    write: (category) => category,
  };
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 10).map(describeValue).join(", ");
  return values.length > 10 ? `${shown} … (${values.length})` : shown;
}
