import type { Command } from "commander";
import { aggregateCommand } from "./aggregate.js";
import { certifyCommand } from "./certify.js";
import { compareCommand } from "./compare.js";
import { completionCommand } from "./completion.js";
import { coordinateCommand } from "./coordinate.js";
import { doctorCommand } from "./doctor.js";
import { exportCommand } from "./export.js";
import { initCommand } from "./init.js";
import { inspectCommand } from "./inspect.js";
import { joinCommand } from "./join.js";
import { keysCommand } from "./keys.js";
import { replayCommand } from "./replay.js";
import { runCommand } from "./run.js";
import { sampleCommand } from "./sample.js";
import { serveCommand } from "./serve.js";
import { statusCommand } from "./status.js";
import { sweepCommand } from "./sweep.js";
import { workerCommand } from "./worker.js";

/** The commands of fedscore, in the order of its help. */
export const commands: readonly (() => Command)[] = [
  initCommand,
  runCommand,
  sampleCommand,
  exportCommand,
  certifyCommand,
  compareCommand,
  sweepCommand,
  serveCommand,
  workerCommand,
  coordinateCommand,
  joinCommand,
  aggregateCommand,
  replayCommand,
  statusCommand,
  keysCommand,
  inspectCommand,
  doctorCommand,
  completionCommand,
];
