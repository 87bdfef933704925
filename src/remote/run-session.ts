import type { Consumer, JsMsg } from "@nats-io/jetstream";
import { FedscoreError } from "../errors.js";
import { createEngine } from "../kernels/index.js";
import { InThreadPool } from "../workers/in-thread.js";
import { openPool } from "../workers/open-pool.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import { CallRunner } from "./call-runner.js";
import { counted } from "./census.js";
import { HeldCall } from "./held-call.js";
import { publishOnce, type Server } from "./jetstream.js";
import {
  beat,
  type CallMessage,
  encode,
  type Outcome,
  type RunBeat,
  readCall,
  readControl,
  streamNames,
  subjects,
} from "./protocol.js";
import { persistently, wait } from "./retry.js";
import type { RunsHeard } from "./runs-heard.js";
import type { ServeOptions } from "./serve-options.js";

/** Milliseconds that a request for a call waits at the server. */
const asking = 1000;

/** Milliseconds without a call after which a worker looks for another run. */
const idle = 5000;

/** Pause before a call goes to another worker, in milliseconds. */
const handOver = 200;

/** Milliseconds of a call from which on nothing is won by asking for the next one before it ends, which another worker may be free for. */
const long = 250;

/** Most calls whose end is remembered before they arrive. */
const mostDropped = 100_000;

/** What a worker joins a run with. */
export interface SessionContext {
  readonly server: Server;
  readonly run: RunBeat;
  readonly runs: RunsHeard;
  readonly identity: { readonly worker: string; readonly name: string };
  readonly options: ServeOptions & { readonly onNote: (text: string) => void };
}

/** A worker's part in one run: as many calls at a time as it has places, and one that waits for each where calls are short. */
export class RunSession {
  readonly #context: SessionContext;
  readonly #run: string;
  readonly #dropped = new Set<string>();
  readonly #held = new Map<string, HeldCall>();
  #done = 0;
  /** Milliseconds that the last call took. */
  #lasted = Number.POSITIVE_INFINITY;
  #busyAt = performance.now();

  constructor(context: SessionContext) {
    this.#context = context;
    this.#run = context.run.run;
  }

  /** Works until the run ends, its pool is gone, it has no calls while another run has, or the worker is to leave. */
  async serve(): Promise<void> {
    const { server, runs, identity, options, run } = this.#context;
    const { connection } = server;
    const pool = await this.#openPool();
    const label = this.#run.slice(0, 8);
    options.onNote(`joined run ${label} (fedscore ${run.version}, ${run.variant}): ${counted(pool.size, "place")}`);
    const control = connection.subscribe(subjects.control(this.#run), {
      callback: (error, message) => {
        if (!error) this.#obey(message.data);
      },
    });
    const tell = (places: number) => {
      if (!connection.isClosed()) connection.publish(subjects.workers(this.#run), encode({ ...identity, places }));
    };
    tell(pool.size);
    const timer = setInterval(() => tell(pool.size), beat);
    try {
      const runner = new CallRunner(server, this.#run, pool);
      await Promise.all(Array.from({ length: pool.size }, () => this.#lane(runner)));
    } finally {
      clearInterval(timer);
      control.unsubscribe();
      tell(0);
      await pool.close();
      const why = runs.isGone(this.#run) ? "it has ended" : "nothing to do there now, or asked to leave";
      options.onNote(`left run ${label} after ${counted(this.#done, "call")}: ${why}`);
    }
  }

  async #openPool(): Promise<WorkerPool> {
    const { run, options } = this.#context;
    const { threads, createWorker } = options;
    const engine = await createEngine({ variant: run.variant });
    const pool = await openPool(engine, { workers: threads, createWorker, maxReruns: 0 });
    if (!(pool instanceof InThreadPool)) return pool;
    await pool.close();
    throw new FedscoreError("FEDSCORE_WORKER", `no worker thread can be started here: ${pool.name}`);
  }

  #isOver(): boolean {
    const { server, runs, options } = this.#context;
    if (options.signal?.aborted || server.connection.isClosed() || runs.isGone(this.#run)) return true;
    return this.#held.size === 0 && performance.now() - this.#busyAt > idle && runs.hasOthers(this.#run);
  }

  /** One place: it runs a call, and asks for the next one meanwhile where that may be worth it. */
  async #lane(runner: CallRunner): Promise<void> {
    const consumer = await this.#consumer();
    let asked: Promise<HeldCall | undefined> | undefined;
    while (consumer && (asked || !this.#isOver())) {
      const held = await (asked ?? this.#ask(consumer));
      asked = undefined;
      if (!held) continue;
      const answering = this.#answer(runner, held);
      if (this.#mayAskAhead()) asked = this.#ask(consumer);
      await answering;
    }
  }

  /** A call that waits behind one that kills this worker would be lost with it as often, so nothing waits behind one that may. */
  #mayAskAhead(): boolean {
    return this.#lasted < long && !this.#isOver() && [...this.#held.values()].every(({ isFresh }) => isFresh);
  }

  /** The next call, if there is one soon. */
  async #ask(consumer: Consumer): Promise<HeldCall | undefined> {
    try {
      const heartbeat = await heartbeatOf(consumer);
      const message = await consumer.next({ expires: asking });
      return message ? this.#hold(message, heartbeat) : undefined;
    } catch {
      await wait(handOver);
      return undefined;
    }
  }

  #hold(message: JsMsg, heartbeat: number): HeldCall | undefined {
    const call = this.#read(message);
    if (!call || this.#dropped.has(call.call)) {
      message.term();
      return undefined;
    }
    // The server thought this worker was lost.
    if (this.#held.has(call.call)) return undefined;
    const held = new HeldCall(message, call, heartbeat);
    this.#held.set(call.call, held);
    return held;
  }

  async #consumer(): Promise<Consumer | undefined> {
    while (!this.#isOver()) {
      try {
        return await this.#context.server.stream.consumers.get(streamNames.calls, this.#run);
      } catch {
        await wait(handOver);
      }
    }
    return undefined;
  }

  /** Never rejects: what fails here is done again by whom the server asks next. */
  async #answer(runner: CallRunner, held: HeldCall): Promise<void> {
    const { call, message } = held;
    const { signal, onNote } = this.#context.options;
    try {
      if (held.signal.aborted) message.term();
      else if (signal?.aborted) message.nak();
      else await this.#work(runner, held);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onNote(`a call of ${call.job} goes to another worker: ${reason}`);
      if (!this.#context.server.connection.isClosed()) message.nak(handOver);
    } finally {
      held.letGo();
      this.#held.delete(call.call);
      this.#busyAt = performance.now();
    }
  }

  async #work(runner: CallRunner, held: HeldCall): Promise<void> {
    const { call, message, signal, isLastTry } = held;
    const begin = performance.now();
    const outcome: Outcome | undefined = held.isLost
      ? { kind: "lost", tries: call.tries }
      : await runner.run(call, { signal, isLastTry });
    if (signal.aborted) return message.term();
    if (!outcome) return message.nak(handOver);
    await this.#publish(call, outcome);
    message.ack();
    this.#done++;
    this.#lasted = performance.now() - begin;
  }

  #read(message: JsMsg): CallMessage | undefined {
    try {
      const call = readCall(message.data);
      return call.run === this.#run ? call : undefined;
    } catch (error) {
      if (!(error instanceof FedscoreError)) throw error;
      this.#context.options.onNote(`a call was refused: ${error.message}`);
      return undefined;
    }
  }

  /** Stores the result on its subject, unless it is there already. */
  async #publish({ call, token }: CallMessage, outcome: Outcome): Promise<void> {
    const { server, identity } = this.#context;
    const message = encode({ run: this.#run, call, token, worker: identity.name, outcome });
    await persistently(
      () => this.#context.runs.isGone(this.#run),
      () => publishOnce(server, subjects.result(this.#run, call), message),
    );
  }

  #obey(bytes: Uint8Array): void {
    try {
      const control = readControl(bytes);
      if ("end" in control) {
        this.#context.runs.end(this.#run);
        for (const held of this.#held.values()) held.drop();
        return;
      }
      if (this.#dropped.size >= mostDropped) this.#dropped.clear();
      this.#dropped.add(control.drop);
      this.#held.get(control.drop)?.drop();
    } catch (error) {
      if (!(error instanceof FedscoreError)) throw error;
    }
  }
}

/** Milliseconds between two words of a worker that its call still runs: a quarter of what the server waits. */
async function heartbeatOf(consumer: Consumer): Promise<number> {
  const { ack_wait } = (await consumer.info(true)).config;
  return Math.max(100, (ack_wait ?? 10e9) / 4e6);
}
