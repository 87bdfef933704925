import type { ConsumerConfig, StreamConfig } from "@nats-io/jetstream";
import { FedscoreError } from "../../errors.js";
import { deniedError } from "../denied.js";
import { apiCode, codeOf, ensureStream, type Server } from "../jetstream.js";
import { loadCore, loadJetStream } from "../packages.js";
import { streams } from "../streams.js";
import { clientSubjects, consumerOf } from "./names.js";

/** Milliseconds after which a task goes to its client again that has not said that it works on it. */
export const taskWait = 10_000;

/** Milliseconds that a coordinator has to take an answer before it is sent to it again. */
const taking = 60_000;

/** Milliseconds after which the server forgets the consumer of a coordinator that is gone. */
const unused = 24 * 3_600_000;

/** What the server keeps for one federation, made by its coordinator. */
export class ClientStreams {
  readonly #server: Server;
  readonly #run: string;
  readonly #maxAge: number;
  readonly #clients = new Set<string>();

  /** @param maxAge milliseconds after which what a run has left behind is deleted. */
  constructor(server: Server, run: string, maxAge: number) {
    this.#server = server;
    this.#run = run;
    this.#maxAge = maxAge;
  }

  /** Makes the streams that are not there, and the coordinator's own consumer anew: it is given all answers that the run has left. */
  async ensure(): Promise<void> {
    const { consumers } = this.#server.manager;
    try {
      for (const stream of await this.#streams()) await ensureStream(this.#server.manager, stream);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the server has no JetStream that may be used: ${reason} (nats-server -js, version 2.10 or later)`;
      throw deniedError(error) ?? new FedscoreError("FEDSCORE_WORKER", message, {}, error);
    }
    await consumers.delete(streams.updates, this.#run).catch(ifMissing);
    const [{ nanos }, { AckPolicy }] = await Promise.all([loadCore(), loadJetStream()]);
    await consumers.add(streams.updates, {
      ...{ durable_name: this.#run, filter_subject: clientSubjects.update(this.#run, "*", "*") },
      ...{ ack_policy: AckPolicy.Explicit, ack_wait: nanos(taking), max_ack_pending: 100_000 },
      inactive_threshold: nanos(unused),
    });
  }

  /** Makes the consumer of a client, which stays for its other runs. */
  async ensureClient(name: string): Promise<void> {
    if (this.#clients.has(name)) return;
    const [{ nanos }, { AckPolicy }] = await Promise.all([loadCore(), loadJetStream()]);
    const config: Partial<ConsumerConfig> = {
      ...{ durable_name: consumerOf(name), filter_subject: clientSubjects.tasks("*", name) },
      ...{ ack_policy: AckPolicy.Explicit, ack_wait: nanos(taskWait), max_ack_pending: 100, max_waiting: 64 },
    };
    await this.#server.manager.consumers.add(streams.tasks, config);
    this.#clients.add(name);
  }

  /** Answers of the run that are there, to tell those of an earlier coordinator. */
  async lastAnswer(): Promise<number> {
    const { state } = await this.#server.manager.streams.info(streams.updates);
    return state.last_seq;
  }

  /** Takes tasks back that a client has not begun. */
  async withdraw(name: string): Promise<void> {
    await this.#purge(streams.tasks, clientSubjects.tasks(this.#run, name));
  }

  /** Deletes the answers of a round that is over, up to the last one that was taken. */
  async forgetAnswers(last: number): Promise<void> {
    const filter = clientSubjects.update(this.#run, "*", "*");
    await this.#server.manager.streams.purge(streams.updates, { filter, seq: last + 1 }).catch(ifMissing);
  }

  /** Deletes the answer to one task, so that it can be given again. */
  async forgetAnswer(name: string, task: string): Promise<void> {
    await this.#purge(streams.updates, clientSubjects.update(this.#run, name, task));
  }

  /** Deletes all of the run. What the server does not do in time is left to the greatest age. */
  async delete(): Promise<void> {
    const { consumers } = this.#server.manager;
    await Promise.allSettled([
      consumers.delete(streams.updates, this.#run),
      this.#purge(streams.tasks, clientSubjects.tasks(this.#run, "*")),
      this.#purge(streams.updates, clientSubjects.update(this.#run, "*", "*")),
      this.#purge(streams.clientData, clientSubjects.chunk(this.#run, "*", "*", "*")),
    ]);
  }

  async #purge(stream: string, filter: string): Promise<void> {
    await this.#server.manager.streams.purge(stream, { filter }).catch(ifMissing);
  }

  async #streams(): Promise<readonly (Partial<StreamConfig> & { name: string })[]> {
    const [{ nanos }, { DiscardPolicy, StorageType }] = await Promise.all([loadCore(), loadJetStream()]);
    const common = { storage: StorageType.File, discard: DiscardPolicy.New, max_age: nanos(this.#maxAge) };
    const once = { max_msgs_per_subject: 1, discard_new_per_subject: true };
    return [
      { ...common, name: streams.tasks, subjects: [clientSubjects.tasks("*", "*")] },
      { ...common, ...once, name: streams.updates, subjects: [clientSubjects.update("*", "*", "*")] },
      {
        ...{ ...common, ...once, name: streams.clientData, allow_direct: true },
        subjects: [clientSubjects.chunk("*", "*", "*", "*")],
      },
    ];
  }
}

function ifMissing(error: unknown): void {
  const code = codeOf(error);
  if (code !== apiCode.consumerNotFound && code !== apiCode.streamNotFound) throw error;
}
