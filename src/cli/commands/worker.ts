import { hostname } from "node:os";
import { Command } from "commander";
import { withExamples } from "../examples.js";
import { interruptible } from "../interrupt.js";
import { integer } from "../options.js";
import { printResult } from "../output.js";
import { enableRelaxedSimd } from "../relaxed-simd.js";
import { type RequiredServerArguments, serverOptions, withRequiredServer } from "../server.js";
import { printable } from "../terminal.js";
import { writeWorkerPage } from "../worker-page.js";

interface WorkerArguments extends RequiredServerArguments {
  readonly name?: string;
  readonly threads?: number;
  readonly page?: string;
}

const after = `
A worker takes calls of the runs of a server, whoever started them with --server, until Ctrl-C; calls under way are finished first, a
second Ctrl-C leaves at once and gives them to others. A run wants workers of its own version of fedscore.

With --page a page is written instead: a browser that opens it is a worker. The server must speak WebSocket: --server ws://HOST:PORT.`;

export function workerCommand(): Command {
  const command = new Command("worker")
    .description("work for the runs of a server")
    .option("--name <name>", "what others call this worker (default: host and process)")
    .option("--threads <number>", "calls that run at the same time (default: one per core)", integer(1, 256))
    .option("--page <file>", "write an HTML page that is a worker, and end")
    .action(work);
  return withExamples(
    withRequiredServer(command),
    [
      ["fedscore worker --server nats://10.0.0.5", "one call per core, until Ctrl-C"],
      ["fedscore worker --server tls://10.0.0.5 --credentials me.creds --tls-ca ca.pem --threads 4", "with keys"],
      ["fedscore worker --server wss://10.0.0.5:8443 --page worker.html", "a page that is a worker"],
    ],
    after,
  );
}

async function work(given: WorkerArguments): Promise<void> {
  const { server, name = `${hostname()}-${process.pid}`, threads, page } = given;
  if (page !== undefined) {
    writeWorkerPage(page, server);
    return printResult(`${page}: a browser that opens it works for ${server}\n`);
  }
  enableRelaxedSimd();
  const onNote = (text: string) => void process.stderr.write(printable(`${name}: ${text}\n`));
  const options = { ...serverOptions(server, given), name, threads, onNote };
  // Others need neither it nor its packages.
  const { serveNats } = await import("../../remote/serve-nats.js");
  const onInterrupt = () => onNote("leaving when the calls under way are done (Ctrl-C again leaves at once)");
  await interruptible(onInterrupt, (signal) => serveNats({ ...options, signal }));
}
