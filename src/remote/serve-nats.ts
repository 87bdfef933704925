import { FedscoreError } from "../errors.js";
import { ConnectionWatch } from "./connection-watch.js";
import { requireRole } from "./credentials.js";
import { connectJetStream, type Server } from "./jetstream.js";
import { encode, randomIdentity, readRunBeat, silence, subjects } from "./protocol.js";
import { wait } from "./retry.js";
import { RunSession } from "./run-session.js";
import { RunsHeard } from "./runs-heard.js";
import { requireServe, type ServeOptions } from "./serve-options.js";
import { shownServer } from "./server-options.js";

/** Milliseconds between two attempts to reach a server. */
const pause = 2000;

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
    // Without a connection there is nothing to wait for.
    await Promise.race([server.connection.drain().catch(() => {}), wait(pause)]);
    await server.connection.close();
  }
}

/** A worker may be started before its server is; undefined where it was ended before that. */
async function persistentConnection(
  options: ServeOptions,
  onNote: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<Server | undefined> {
  for (let told = false; !signal?.aborted; told = true) {
    try {
      return await connectJetStream(options);
    } catch (error) {
      if (!(error instanceof FedscoreError) || error.code !== "FEDSCORE_WORKER") throw error;
      if (!told) onNote(`${error.message}: trying again`);
      await wait(pause);
    }
  }
  return undefined;
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
