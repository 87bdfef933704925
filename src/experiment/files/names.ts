/** The files of a run's folder. */
export const fileNames = {
  result: "result.json",
  model: "model.safetensors",
  samples: "samples.npy",
  report: "report.html",
  log: "log.jsonl",
  /** While a run is under way, and after an interrupt; removed when the run is complete. */
  checkpoint: "checkpoint.bin",
  /** The same for the dense reference. */
  referenceCheckpoint: "checkpoint-reference.bin",
} as const;

/** In a run's folder: the files of the run before it, while it has no result of its own. */
export const replacedFolder = "replaced";
