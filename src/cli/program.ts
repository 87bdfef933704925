import { Command, CommanderError } from "commander";
import { packageVersion } from "../experiment/environment.js";
import { aggregateCommand } from "./commands/aggregate.js";
import { certifyCommand } from "./commands/certify.js";
import { coordinateCommand } from "./commands/coordinate.js";
import { doctorCommand } from "./commands/doctor.js";
import { initCommand } from "./commands/init.js";
import { inspectCommand } from "./commands/inspect.js";
import { joinCommand } from "./commands/join.js";
import { keysCommand } from "./commands/keys.js";
import { replayCommand } from "./commands/replay.js";
import { runCommand } from "./commands/run.js";
import { sampleCommand } from "./commands/sample.js";
import { serveCommand } from "./commands/serve.js";
import { statusCommand } from "./commands/status.js";
import { sweepCommand } from "./commands/sweep.js";
import { workerCommand } from "./commands/worker.js";
import { ExitCode, reportError } from "./exit.js";
import { printable } from "./terminal.js";

const examples = `
Examples:
  fedscore init ring                           ring.jsonc: a config to begin with, keys explained
  fedscore run config.json                     train, sample, measure; results in runs/NAME
  fedscore run config.json --workers 4         the same bytes, faster
  fedscore run config.json --resume            go on after an interrupt
  fedscore sample runs/ring/model.safetensors --count 1000 --out more.npy
  fedscore certify runs/ring --paths 50000
  fedscore inspect runs/ring/result.json
  fedscore serve                               a page that does all this in the browser
  fedscore worker --server nats://10.0.0.5     work for runs that were started with --server
  fedscore coordinate config.json --server tls://10.0.0.5   train with clients that keep their rows
  fedscore join --server tls://10.0.0.5 --data rows.csv --as clinic

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted (a checkpoint is written).`;

/** Runs one command line (without node and script) and returns its exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = new Command("fedscore")
    .description(
      "Train a diffusion score network across distributed, differently pruned clients, and measure its samples.",
    )
    .version(packageVersion(), "-v, --version", "print the version")
    .helpOption("-h, --help", "print help, also of a command: fedscore run --help")
    .helpCommand(false)
    .addHelpText("after", examples)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(printable(text).replace(/^error: /, "fedscore: ")) });
  const commands = [
    initCommand(),
    runCommand(),
    sampleCommand(),
    certifyCommand(),
    sweepCommand(),
    serveCommand(),
    workerCommand(),
    coordinateCommand(),
    joinCommand(),
    aggregateCommand(),
    replayCommand(),
    statusCommand(),
    keysCommand(),
    inspectCommand(),
    doctorCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const nested of command.commands) nested.copyInheritedSettings(command);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.badInput;
    return reportError(error);
  }
}
