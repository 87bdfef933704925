import { metricsFormats } from "../metrics/index.js";
import { lockName } from "./lock.js";

/** The files of a run's folder. */
export const fileNames = {
  result: "result.json",
  model: "model.safetensors",
  samples: "samples.npy",
  /** Of a table: the samples as rows of it. */
  synthetic: "synthetic.csv",
  /** Of a table: what its columns are. */
  schema: "synthetic.schema.json",
  report: "report.html",
  log: "log.jsonl",
  /** Live metrics, where the config asks for them. */
  metrics: metricsFormats.csv.file,
  events: metricsFormats.tensorboard.file,
  /** All that a run needs to go on: after an interrupt, and with more rounds than it had. */
  checkpoint: "checkpoint.bin",
  /** The same for the dense reference. */
  referenceCheckpoint: "checkpoint-reference.bin",
  /** Of a coordinated run: who its clients are, and what was fitted to their rows. */
  clients: "clients.json",
  /** Of a coordinated run: the updates that it has folded. */
  updates: "updates.bin",
} as const;

/** In a run's folder: the files of the run before it, while it has no result of its own. */
export const replacedFolder = "replaced";

/** Whether a name in a folder is of what comes and goes with a process: its lock, or a file that it was writing. */
export function isPassing(name: string): boolean {
  return name.startsWith(lockName) || /\.\d+\.tmp$/.test(name);
}

/** Whether a name is of a file that a run writes. */
export function isRunFile(name: string): boolean {
  return Object.values<string>(fileNames).includes(name);
}
