import type { Command } from "commander";

/** The commands of fedscore by name, in the order of its help. Each is loaded when it is asked for. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.js")).initCommand(),
  plan: async () => (await import("./plan.js")).planCommand(),
  run: async () => (await import("./run.js")).runCommand(),
  privacy: async () => (await import("./privacy.js")).privacyCommand(),
  sample: async () => (await import("./sample.js")).sampleCommand(),
  fill: async () => (await import("./fill.js")).fillCommand(),
  export: async () => (await import("./export.js")).exportCommand(),
  certify: async () => (await import("./certify.js")).certifyCommand(),
  compare: async () => (await import("./compare.js")).compareCommand(),
  sweep: async () => (await import("./sweep.js")).sweepCommand(),
  serve: async () => (await import("./serve.js")).serveCommand(),
  worker: async () => (await import("./worker.js")).workerCommand(),
  coordinate: async () => (await import("./coordinate.js")).coordinateCommand(),
  join: async () => (await import("./join.js")).joinCommand(),
  aggregate: async () => (await import("./aggregate.js")).aggregateCommand(),
  replay: async () => (await import("./replay.js")).replayCommand(),
  status: async () => (await import("./status.js")).statusCommand(),
  keys: async () => (await import("./keys.js")).keysCommand(),
  inspect: async () => (await import("./inspect.js")).inspectCommand(),
  doctor: async () => (await import("./doctor.js")).doctorCommand(),
  completion: async () => (await import("./completion.js")).completionCommand(),
};
