/**
 * "fedscore/experiment", in Node: what `fedscore run` and `fedscore sweep` do, from a config to its result.
 * @module fedscore/experiment
 */

export type { Assignment } from "../experiment/config/assignments.js";
export { parseConfig } from "../experiment/config/parse.js";
export { type ConfigInput, configJsonSchema, type ExperimentConfig } from "../experiment/config/schema.js";
export { type ConfigFile, readConfig } from "../experiment/files/read-config.js";
export type { ProgressEvent, ProgressListener, Stage } from "../experiment/progress.js";
export {
  type FailedPart,
  failedParts,
  isNotComputed,
  type NotComputed,
  type Part,
} from "../experiment/result/not-computed.js";
export { type ExperimentResult, resultJsonSchema } from "../experiment/result/schema.js";
export { type Experiment, type ExperimentOptions, prepareExperiment, runExperiment } from "../experiment/run.js";
export {
  parseSweep,
  readSweep,
  type SweepConfig,
  type SweepFile,
  type SweepFileOptions,
} from "../experiment/sweep/config.js";
export type { SweepResult } from "../experiment/sweep/result.js";
export { runSweep, type SweepOptions, type SweepProgress } from "../experiment/sweep/run.js";
export type { DrawReport } from "../experiment/write-results.js";
