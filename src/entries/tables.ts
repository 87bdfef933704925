/**
 * "fedscore/tables": tables of numbers, categories and dates: their schema, CSV files in any dialect, rows as vectors and back without pooling them, and
 * judges of synthetic tables.
 * @module fedscore/tables
 */
export {
  type Baseline,
  type BaselineName,
  type BaselineOptions,
  baselines,
} from "../tables/baselines/index.js";
export { calibratedVectors, decodeDrawn } from "../tables/calibration/decode-drawn.js";
export { fitCalibration } from "../tables/calibration/fit.js";
export type { ScoreMap } from "../tables/calibration/score-map.js";
export type {
  CalibratedEncoding,
  ColumnCalibration,
  TableCalibration,
} from "../tables/calibration/table-calibration.js";
export type { CategoryColumn, Column, NumberColumn, Table } from "../tables/column.js";
export type { TableDialect, TableEncodingName } from "../tables/csv/table-dialect.js";
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
  type InferTableFileOptions,
  inferTableFile,
  type ReadTableFileOptions,
  readTableFile,
} from "../tables/file/read-file.js";
export type { FileSlices, Slice } from "../tables/file/slices.js";
export type { FileProgress } from "../tables/file/table-file.js";
export {
  type FieldOverrule,
  type InferOptions,
  type InferredColumn,
  type InferredSchema,
  inferTableSchema,
} from "../tables/infer/infer.js";
export { detection, type TableJudgeOptions } from "../tables/judges/detection.js";
export { type Efficacy, type EfficacyOptions, type EfficacyTables, efficacy } from "../tables/judges/efficacy.js";
export type { Foretold } from "../tables/judges/foretold.js";
export {
  type ColumnMeasure,
  type ColumnMeasureName,
  type ColumnPair,
  columnMeasures,
  type PairMeasure,
  type PairMeasureName,
  pairMeasures,
} from "../tables/judges/index.js";
export type { Measured, MeasuredInterval, MeasuredValue, NotMeasured } from "../tables/judges/measured.js";
export { newRowSynthesis } from "../tables/judges/new-row-synthesis.js";
export { judgePrivacy, type PrivacyMeasureName, privacyMeasures } from "../tables/judges/privacy.js";
export type { PrivacyMeasure, PrivacyTables, PrivacyView } from "../tables/judges/privacy-measure.js";
export {
  type ColumnPairTrend,
  type ColumnShape,
  type QualityReport,
  qualityReport,
} from "../tables/judges/quality-report.js";
export type { Nearest } from "../tables/judges/row-space.js";
export { type ReadTableOptions, readTable } from "../tables/read/read.js";
export type { ReadTable } from "../tables/read/table-reader.js";
export type { CalendarPart } from "../tables/schema/calendar.js";
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
export { splitTable, type TableSplit, type TableSplitOptions } from "../tables/table-rows.js";
export { parseCondition, type TableCondition } from "../tables/where/condition.js";
export { rowsWhere } from "../tables/where/rows-where.js";
export { writeTable } from "../tables/write.js";
