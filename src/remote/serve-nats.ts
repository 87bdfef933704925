import { ConnectionWatch } from "./connection-watch.js";
import { requireRole } from "./credentials.js";
import type { Server } from "./jetstream.js";
import { drain, persistentConnection } from "./persistent-connection.js";
import { encode, randomIdentity, readRunBeat, silence, subjects } from "./protocol.js";
import { wait } from "./retry.js";
import { RunSession } from "./run-session.js";
import { RunsHeard } from "./runs-heard.js";
import { requireServe, type ServeOptions } from "./serve-options.js";
import { shownServer } from "./server-address.js";

/**
 * Joins the runs of a server as a worker, one run after the other, until `signal` is aborted. The functions run in worker threads or Web
 * Workers, so that this thread can tell that they are alive.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the server's packages are not installed; FEDSCORE_WORKER where no worker can be started;
 * FEDSCORE_DENIED where the server refuses the credentials or what a worker needs.
 */
export async function serveNats(options: ServeOptions): Promise<void> {
  requireServe(options);
  requireRole(options.credentials, "worker");
  const { onNote = () => {}, signal } = options;
  const server = await persistentConnection(options, onNote, signal);
  if (!server) return;
  try {
    const watch = new ConnectionWatch(server.connection, onNote);
    onNote(`connected to ${shownServer(options.server)}: waiting for a run`);
    await serveRuns(server, watch, { ...options, onNote });
    if (watch.denied) throw watch.denied;
  } finally {
    await drain(server);
  }
}

async function serveRuns(
  server: Server,
  watch: ConnectionWatch,
  options: ServeOptions & { readonly onNote: (text: string) => void },
): Promise<void> {
  const { name = "worker", signal, onNote } = options;
  const identity = { worker: randomIdentity(), name };
  const runs = new RunsHeard(watch, onNote);
  const subscription = server.connection.subscribe(subjects.run("*"), {
    callback: (error, message) => {
      if (error) return;
      const refusal = runs.hear(() => readRunBeat(message.data));
      if (refusal)
        server.connection.publish(
          subjects.workers(refusal.run),
          encode({ ...identity, places: 0, refuses: refusal.reason }),
        );
    },
  });
  try {
    while (!signal?.aborted && !server.connection.isClosed()) {
      const run = runs.next();
      if (run) await new RunSession({ server, run, runs, identity, options }).serve();
      else await wait(silence.worker / 30);
    }
  } finally {
    subscription.unsubscribe();
  }
}
