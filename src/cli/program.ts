import { Command, CommanderError } from "commander";
import { packageVersion } from "../experiment/environment.js";
import { commands } from "./commands/index.js";
import { exampleText } from "./examples.js";
import { ExitCode, reportError } from "./exit.js";
import { printable } from "./terminal.js";

const examples = exampleText([
  ["fedscore init ring", "ring.jsonc: a config to begin with, keys explained"],
  ["fedscore run config.json", "train, sample, measure; results in runs/NAME"],
  ["fedscore run config.json --workers 4", "the same bytes, faster"],
  ["fedscore run config.json --resume", "go on after an interrupt"],
  ["fedscore sample runs/ring --out more.npy", "more samples of a trained model"],
  ["fedscore export runs/ring --onnx ring.onnx", "the model for onnxruntime"],
  ["fedscore certify runs/ring --paths 50000", "bound how far they are from the law of the data"],
  ["fedscore compare runs/ring runs/other", "runs side by side"],
  ["fedscore inspect runs/ring/result.json", "what is in a file"],
  ["fedscore serve", "a page that does all this in the browser"],
  ["fedscore worker --server nats://10.0.0.5", "work for runs that were started with --server"],
  ["fedscore coordinate config.json --server tls://10.0.0.5", "train with clients that keep their rows"],
  ["fedscore join --server tls://10.0.0.5 --data rows.csv --as clinic", "be one of them"],
]);

const after = `
${examples}

Exit codes: 0 done, 1 the run failed, 2 bad input, 130 interrupted (a checkpoint is written).`;

const versionFlags = ["-v", "--version"];

/** @param names of the commands that it has. Default: all. */
export async function createProgram(names: readonly string[] = Object.keys(commands)): Promise<Command> {
  const program = new Command("fedscore")
    .description(
      "Train a diffusion score network across distributed, differently pruned clients, and measure its samples.",
    )
    .version(packageVersion(), versionFlags.join(", "), "print the version")
    .helpOption("-h, --help", "print help, also of a command: fedscore run --help")
    .helpCommand(false)
    .addHelpText("after", after)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(printable(text).replace(/^error: /, "fedscore: ")) });
  for (const command of await Promise.all(names.map((name) => commands[name]()))) {
    program.addCommand(command.copyInheritedSettings(program));
    for (const nested of command.commands) nested.copyInheritedSettings(command);
  }
  return program;
}

/** The command that is asked, which is loaded alone; undefined where all of them are spoken of. */
function namesIn([first = ""]: readonly string[]): readonly string[] | undefined {
  if (versionFlags.includes(first)) return [];
  return first !== "completion" && Object.hasOwn(commands, first) ? [first] : undefined;
}

/** Runs one command line (without node and script) and returns its exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(namesIn(args));
    await program.parseAsync(args, { from: "user" });
    return ExitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.badInput;
    return reportError(error);
  }
}
