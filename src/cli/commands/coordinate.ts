import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { fileNames } from "../../experiment/files/names.js";
import { readConfig } from "../../experiment/files/read-config.js";
import { runReport } from "../../report/run-report.js";
import { withExamples } from "../examples.js";
import { isAbort } from "../exit.js";
import { inspectResult } from "../inspect/result.js";
import { interruptible } from "../interrupt.js";
import { integer, number } from "../options.js";
import { printJson, printResult } from "../output.js";
import { formatFacts } from "../print.js";
import { createProgress } from "../progress/index.js";
import { type RequiredServerArguments, serverOptions, withRequiredServer } from "../server.js";
import { type SetArguments, setOption } from "../set.js";

interface CoordinateArguments extends RequiredServerArguments, SetArguments {
  readonly minimumClients?: number;
  readonly aggregators?: number;
  readonly maximumNorm?: number;
  readonly lostAfter?: number;
  readonly updates: boolean;
  readonly out?: string;
  readonly workers?: number;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const after = `
The clients hold their own rows (fedscore join): data of the config are { "kind": "clients" }, or of kind table with a schema and no path. Transforms are fitted from sums that
clients send, encodings of tables from summaries of their columns; who is late, lost or refuses is named in the report; what needs rows in one place says so
in result.json.

Files beside those of fedscore run: clients.json, and updates.bin with the update of each client in each round, so that fedscore replay gives the
bytes of the model again without the clients. Whoever reads it learns of a client's rows what the server could have learnt: --no-updates leaves it out.`;

export function coordinateCommand(): Command {
  const command = new Command("coordinate")
    .description("train with clients that hold their own rows")
    .argument("<config>", "config file (JSON) whose data are of kind clients, or a table without a path")
    .option("--minimum-clients <number>", "clients to wait for (default: federation.clients)", integer(1, 100_000))
    .option("--aggregators <number>", "aggregators to wait for, whose clients take part", integer(1, 64))
    .option("--maximum-norm <number>", "largest norm of a client's update; others are refused", number(1e-30, 1e30))
    .option("--lost-after <seconds>", "silence after which a client is lost (default: 15)", number(2, 86_400))
    .option("--no-updates", "keep no updates.bin, which fedscore replay needs")
    .option("-o, --out <folder>", "output folder (default: runs/NAME)")
    .option("-w, --workers <number>", "worker threads that draw samples (default: one per core)", integer(1, 256))
    .addOption(setOption("config"))
    .option("--resume", "go on from the checkpoint of an earlier run; leave a finished one as it is")
    .option("--overwrite", "replace an earlier run in the folder")
    .option("--json", "print result.json on stdout, progress on stderr")
    .action(coordinateRun);
  return withExamples(
    withRequiredServer(command),
    [
      ["fedscore coordinate config.json --server tls://10.0.0.5", "as many clients as the config says"],
      ["fedscore coordinate config.json --server tls://10.0.0.5 --minimum-clients 3 --no-updates", "begin with three"],
      ["fedscore coordinate config.json --server tls://10.0.0.5 --resume", "go on after Ctrl-C"],
    ],
    after,
  );
}

async function coordinateRun(path: string, given: CoordinateArguments): Promise<void> {
  const { config, folder } = readConfig(path, { set: given.set });
  const { out = join("runs", config.name), lostAfter, updates, json } = given;
  const { minimumClients, aggregators, maximumNorm, workers, resume, overwrite } = given;
  const progress = createProgress();
  const onInterrupt = () => progress.note("interrupted: keeping the last complete round (Ctrl-C again leaves at once)");
  const server = { ...serverOptions(given.server, given), name: "fedscore coordinate" };
  // Others need neither it nor its packages.
  const { coordinate } = await import("../../experiment/coordinate/coordinate.js");
  try {
    const result = await interruptible(onInterrupt, (signal) =>
      coordinate(config, {
        ...{ server, folder, out, minimumClients, aggregators, maximumNorm, workers, resume, overwrite, signal },
        lostAfter: lostAfter === undefined ? undefined : Math.round(1000 * lostAfter),
        keepUpdates: updates,
        drawReport: runReport,
        onProgress: progress.listen,
      }),
    );
    progress.stop();
    await (json
      ? printJson(result)
      : printResult(`\n${formatFacts([...inspectResult(result), ["report", join(out, fileNames.report)]])}`));
  } catch (error) {
    if (isAbort(error) && existsSync(join(out, fileNames.checkpoint)))
      progress.note("the same command with --resume goes on from here");
    throw error;
  } finally {
    progress.stop();
  }
}
