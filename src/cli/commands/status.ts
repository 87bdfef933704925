import { Command } from "commander";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { printJson, printResult } from "../output.js";
import { type RequiredServerArguments, serverOptions, withRequiredServer } from "../server.js";
import { formatStatus } from "../status/table.js";

interface StatusArguments extends RequiredServerArguments {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Clears a terminal and goes to its first line. */
const cleared = "\u001b[2J\u001b[H";

export function statusCommand(): Command {
  const command = new Command("status")
    .description("runs, rounds, workers, clients and queues of a server")
    .option("--json", "as JSON")
    .option("--watch", "again and again, until Ctrl-C")
    .action(status);
  return withExamples(withRequiredServer(command), [
    ["fedscore status --server nats://10.0.0.5", "now"],
    ["fedscore status --server nats://10.0.0.5 --watch", "until Ctrl-C"],
    ["fedscore status --server nats://10.0.0.5 --json", "for a program"],
  ]);
}

async function status(given: StatusArguments): Promise<void> {
  const options = { ...serverOptions(given.server, given), name: "fedscore status" };
  // Others need neither it nor its packages.
  const [{ ConnectionWatch }, { connectJetStream }, { serverStatus }] = await Promise.all([
    import("../../remote/connection-watch.js"),
    import("../../remote/jetstream.js"),
    import("../../remote/status/server-status.js"),
  ]);
  const server = await connectJetStream(options);
  const watch = new ConnectionWatch(server.connection, () => {});
  try {
    await interruptible(
      () => {},
      async (signal) => {
        do {
          const now = await serverStatus(server, watch);
          if (given.json) await printJson(now);
          else {
            if (given.watch && process.stdout.isTTY) process.stdout.write(cleared);
            await printResult(formatStatus(now));
          }
        } while (given.watch && !signal.aborted);
      },
    );
  } finally {
    await server.connection.close();
  }
}
