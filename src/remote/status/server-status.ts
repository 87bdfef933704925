import { FedscoreError } from "../../errors.js";
import type { ConnectionWatch } from "../connection-watch.js";
import { deniedError } from "../denied.js";
import { apiCode, codeOf, type Server } from "../jetstream.js";
import { beat, readRunBeat, readWorkerBeat, subjects } from "../protocol.js";
import { wait } from "../retry.js";
import { statusSubject, streams } from "../streams.js";
import { type RunStatus, readStatus } from "./run-status.js";

/** A worker of a run, or one that refuses it, and why. */
export interface WorkerView {
  readonly name: string;
  readonly places: number;
  readonly refuses?: string;
}

/** A run whose pool or coordinator is heard of. */
export interface RunView {
  readonly run: string;
  readonly version?: string;
  readonly variant?: string;
  readonly workers: readonly WorkerView[];
}

/** What a stream holds now. */
export interface StreamView {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: number;
}

/** What goes on at a server. */
export interface ServerStatus {
  readonly runs: readonly RunView[];
  /** The last status of each federation, also of those that have ended. */
  readonly federations: readonly RunStatus[];
  readonly streams: readonly StreamView[];
}

/** Most runs whose last status is read. */
const mostRuns = 100;

/**
 * Listens to a server for a bit more than a second, after which who is there has said so, and asks what its streams hold.
 * @param watch of the connection, one for as long as it stands.
 */
export async function serverStatus(server: Server, watch: ConnectionWatch): Promise<ServerStatus> {
  const heard = new Heard();
  const listening = Object.entries(heard.listeners).map(([subject, hear]) =>
    server.connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) hear(message.data, message.subject.split(".").at(-1) ?? "");
      },
    }),
  );
  try {
    const [streamViews, last] = await Promise.all([streamsOf(server), lastStatuses(server), wait(1.5 * beat)]);
    return { ...heard.view(last), streams: streamViews };
  } catch (error) {
    throw watch.denied ?? deniedError(error) ?? error;
  } finally {
    for (const each of listening) each.unsubscribe();
  }
}

/** What was heard of runs and workers. */
class Heard {
  readonly #runs = new Map<string, { version: string; variant: string }>();
  readonly #workers = new Map<string, Map<string, WorkerView>>();
  readonly #statuses = new Map<string, RunStatus>();

  /** By subject: what takes a message and the last part of its subject. */
  readonly listeners: { readonly [subject: string]: (bytes: Uint8Array, last: string) => void } = {
    [subjects.run("*")]: (bytes) =>
      readable(() => {
        const { run, version, variant } = readRunBeat(bytes);
        this.#runs.set(run, { version, variant });
      }),
    [subjects.workers("*")]: (bytes, run) =>
      readable(() => {
        const { worker, ...view } = readWorkerBeat(bytes);
        this.#workers.set(run, (this.#workers.get(run) ?? new Map<string, WorkerView>()).set(worker, view));
      }),
    [statusSubject("*")]: (bytes) => this.#hearStatus(bytes),
  };

  view(last: readonly Uint8Array[]): Omit<ServerStatus, "streams"> {
    const heard = [...this.#statuses.values()];
    for (const bytes of last) this.#hearStatus(bytes);
    for (const status of heard) this.#statuses.set(status.run, status);
    const runs = new Set([...this.#runs.keys(), ...this.#workers.keys()]);
    return {
      runs: [...runs].map((run) => ({
        run,
        ...this.#runs.get(run),
        workers: [...(this.#workers.get(run)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
      })),
      federations: [...this.#statuses.values()],
    };
  }

  #hearStatus(bytes: Uint8Array): void {
    readable(() => {
      const status = readStatus(bytes);
      this.#statuses.set(status.run, status);
    });
  }
}

/** What is no message of fedscore says nothing. */
function readable(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof FedscoreError)) throw error;
  }
}

async function streamsOf({ manager }: Server): Promise<readonly StreamView[]> {
  const views = Object.values(streams).map(async (name): Promise<readonly StreamView[]> => {
    const info = await unlessMissing(() => manager.streams.info(name));
    if (!info) return [];
    const { messages, bytes, consumer_count } = info.state;
    return [{ name, messages, bytes, consumers: consumer_count }];
  });
  return (await Promise.all(views)).flat();
}

async function lastStatuses({ manager }: Server): Promise<readonly Uint8Array[]> {
  const info = await unlessMissing(() => manager.streams.info(streams.status, { subjects_filter: statusSubject("*") }));
  const kept = Object.keys(info?.state.subjects ?? {}).slice(0, mostRuns);
  const read = kept.map((subject) =>
    unlessMissing(() => manager.direct.getMessage(streams.status, { last_by_subj: subject })),
  );
  return (await Promise.all(read)).flatMap((message) => (message ? [message.data] : []));
}

async function unlessMissing<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await ask();
  } catch (error) {
    const code = codeOf(error);
    if (code === apiCode.streamNotFound || code === apiCode.noMessage || code === 404) return undefined;
    throw error;
  }
}
