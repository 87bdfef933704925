import { describeValue, FedscoreError } from "../../errors.js";
import type { Foretold } from "../../tables/judges/foretold.js";
import { codecOf } from "../../tables/schema/codec-of.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { parseCondition } from "../../tables/where/condition.js";
import type { TableConfig } from "../config/data.js";
import { inSection } from "../config/section.js";

/** What a config has foretold, to judge by it of what use synthetic rows are. */
export interface Prediction extends Foretold {
  /** As the config says it: a column, or a condition. */
  readonly words: string;
}

/**
 * Undefined where the config asks for nothing. A name of a column is that column; all else is a condition.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG for what is neither, and for columns that there are not.
 */
export function predictionOf(
  { predict: words, predictFrom }: Pick<TableConfig, "predict" | "predictFrom">,
  schema: TableSchema,
): Prediction | undefined {
  if (words === undefined) {
    if (!predictFrom) return undefined;
    throw invalid("config.data.predictFrom is for config.data.predict, which is left out");
  }
  const field = schema.fields.find(({ name }) => name === words);
  if (field ? codecOf(field).kind !== "category" : !/[<>=]/.test(words)) {
    const what = field ? `of type ${field.type}` : "none of the schema's";
    throw invalid(
      `config.data.predict must name a column of categories, or be a condition such as "Cost>0"; ${describeValue(words)} is ${what}`,
    );
  }
  const what = field
    ? { column: words }
    : { condition: inSection("config.data", () => parseCondition(words, schema, "predict")) };
  const own = field?.name ?? what.condition?.column;
  for (const name of predictFrom ?? [])
    if (name === own || !schema.fields.some((each) => each.name === name))
      throw invalid(
        `config.data.predictFrom must name columns other than the one that is foretold, ${describeValue(name)} is ${name === own ? "that one" : "none of the schema's"}`,
      );
  return { words, ...what, ...(predictFrom && { from: predictFrom }) };
}

function invalid(message: string): FedscoreError {
  return new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
