import type { ConsumerConfig, ConsumerInfo } from "@nats-io/jetstream";
import { apiCode, codeOf, ensureStreams, type Server } from "./jetstream.js";
import { loadCore, loadJetStream } from "./packages.js";
import { streamNames, subjects } from "./protocol.js";

/** Milliseconds after which the server forgets a consumer that nobody uses; the pool makes it again where it is missed. */
const unused = 3_600_000;

/** Milliseconds that a pool has to take a result before it is sent to it again. */
const taking = 60_000;

/** How long things may take, in milliseconds. */
export interface Times {
  /** Time without a sign of life of a worker after which its call is given to another. */
  readonly ackWait: number;
  /** Age after which what a run has left behind is deleted. */
  readonly maxAge: number;
}

/** What the server keeps for one run. */
export class RunStreams {
  readonly #server: Server;
  readonly #run: string;
  readonly #times: Times;

  constructor(server: Server, run: string, times: Times) {
    this.#server = server;
    this.#run = run;
    this.#times = times;
  }

  /** Makes what is not there. */
  async ensure(): Promise<void> {
    await ensureStreams(this.#server, this.#times.maxAge);
    await Promise.all([
      this.#consumer(streamNames.calls, subjects.calls(this.#run), this.#times.ackWait),
      this.#consumer(streamNames.results, subjects.result(this.#run, "*"), taking),
    ]);
  }

  /** Whether the server has nothing of the run any more: no call that waits or runs, no result that was not taken. */
  async isEmpty(): Promise<boolean> {
    const { consumers } = this.#server.manager;
    try {
      const both = [streamNames.calls, streamNames.results].map((stream) => consumers.info(stream, this.#run));
      return (await Promise.all(both)).every(isIdle);
    } catch (error) {
      if (codeOf(error) !== apiCode.consumerNotFound && codeOf(error) !== apiCode.streamNotFound) throw error;
      await this.ensure();
      return true;
    }
  }

  /** Deletes all of the run. What the server does not do in time is left to the greatest age. */
  async delete(): Promise<void> {
    const { consumers, streams } = this.#server.manager;
    const filters = {
      [streamNames.calls]: subjects.calls(this.#run),
      [streamNames.results]: subjects.result(this.#run, "*"),
      [streamNames.data]: subjects.chunk(this.#run, "*", "*"),
    };
    await Promise.allSettled([
      ...[streamNames.calls, streamNames.results].map((stream) => consumers.delete(stream, this.#run)),
      ...Object.entries(filters).map(([stream, filter]) => streams.purge(stream, { filter })),
    ]);
  }

  async #consumer(stream: string, filter: string, ackWait: number): Promise<void> {
    const [{ nanos }, { AckPolicy }] = await Promise.all([loadCore(), loadJetStream()]);
    const config: Partial<ConsumerConfig> = {
      durable_name: this.#run,
      filter_subject: filter,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWait),
      max_ack_pending: 100_000,
      max_waiting: 10_000,
      inactive_threshold: nanos(unused),
    };
    await this.#server.manager.consumers.add(stream, config);
  }
}

function isIdle({ num_pending, num_ack_pending }: ConsumerInfo): boolean {
  return num_pending === 0 && num_ack_pending === 0;
}
