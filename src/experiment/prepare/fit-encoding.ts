import { FedscoreError } from "../../errors.js";
import type { TableEncoding } from "../../tables/encoding/column-encoding.js";
import { fitTableEncoding } from "../../tables/encoding/fit.js";
import type { TableSchema } from "../../tables/schema/field.js";
import { mergeSummaries } from "../../tables/summary/merge.js";
import type { TableSummary } from "../../tables/summary/table-summary.js";
import type { TableConfig } from "../config/data.js";

/**
 * The encoding that follows from what clients say of their columns.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG where it has no coordinates.
 */
export function fitEncoding(
  { smallestCount, atomShare, knots, mostOneHot }: TableConfig,
  schema: TableSchema,
  summaries: readonly TableSummary[],
): TableEncoding {
  const encoding = fitTableEncoding(schema, mergeSummaries(summaries), { atomShare, knots, mostOneHot });
  if (encoding.dimension > 0) return encoding;
  const rule = "must have a column that is not the same in all rows, as far as clients tell";
  const message = `config.data ${rule}: no number and no category of any client stands for ${smallestCount} of its rows and others beside them`;
  throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message);
}
