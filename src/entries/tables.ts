/**
 * "fedscore/tables": tables of numbers, categories and dates: their schema, CSV files in any dialect, and rows as vectors and back without pooling them.
 * @module fedscore/tables
 */
export type { CategoryColumn, Column, NumberColumn, Table } from "../tables/column.js";
export type { TableDialect, TableEncodingName } from "../tables/csv/dialect.js";
export type { AnalogBits } from "../tables/encoding/analog-bits.js";
export type {
  CategoryEncoding,
  ColumnEncoding,
  NumberEncoding,
  TableEncoding,
} from "../tables/encoding/column-encoding.js";
export { decodeTable, type EncodedTable, encodeTable } from "../tables/encoding/encode.js";
export { type EncodingOptions, encodedWidth, fitTableEncoding } from "../tables/encoding/fit.js";
export type { OneHot } from "../tables/encoding/one-hot.js";
export type { QuantileMap } from "../tables/encoding/quantile-map.js";
export {
  type FieldOverrule,
  type InferOptions,
  type InferredColumn,
  type InferredSchema,
  inferTableSchema,
} from "../tables/infer/infer.js";
export { type ReadTable, type ReadTableOptions, readTable } from "../tables/read.js";
export type {
  BooleanField,
  DateField,
  IntegerField,
  NumberField,
  StringField,
  TableField,
  TableSchema,
} from "../tables/schema/field.js";
export { parseTableSchema } from "../tables/schema/parse.js";
export { mergeSummaries } from "../tables/summary/merge.js";
export { type SummaryOptions, summarizeTable } from "../tables/summary/summarize.js";
export type {
  CategorySummary,
  ColumnSummary,
  NumberSummary,
  TableSummary,
} from "../tables/summary/table-summary.js";
export { writeTable } from "../tables/write.js";
