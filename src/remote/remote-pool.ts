import type { JsMsg } from "@nats-io/jetstream";
import { FedscoreError, requireSignal, throwIfAborted } from "../errors.js";
import type { Variant } from "../kernels/index.js";
import { AbortListeners } from "../workers/abort-listeners.js";
import { openAnswer } from "../workers/answer.js";
import { fromWireError } from "../workers/wire-error.js";
import type { CallOptions, Installation, WorkerFunction, WorkerPool } from "../workers/worker-pool.js";
import { type Call, closedError, type Installed, ownError, requireOwn, type Sent } from "./call.js";
import { Census, counted } from "./census.js";
import { decodeMessage, encodeMessage } from "./codec.js";
import { ConnectionWatch } from "./connection-watch.js";
import { DataStore, poolPlace } from "./data-store.js";
import { connectJetStream, type Server } from "./jetstream.js";
import {
  beat,
  encode,
  type InstallationMessage,
  type Outcome,
  randomIdentity,
  readResult,
  readWorkerBeat,
  streamNames,
  subjects,
} from "./protocol.js";
import { atMost, persistently, wait } from "./retry.js";
import { RunStreams, type Times } from "./run-streams.js";
import { shownServer } from "./server-address.js";
import type { ServerOptions } from "./server-options.js";
import { StoredInput } from "./stored-input.js";
import { fedscoreVersion } from "./version.js";

export interface PoolSettings {
  readonly variant: Variant;
  readonly size: number | undefined;
  readonly times: Times;
  readonly tries: number;
  readonly onNote: (text: string) => void;
}

/** Bytes up to which a call's input stands in its message, and those of each installation, which every call repeats. */
const mostInline = { call: 2 ** 19, installation: 1024 } as const;

/** Times that a call is sent again after results that are none or data that was lost, before it fails. */
const mostAgain = 8;

/** Milliseconds without news after which the server is asked what it still has. */
const quiet = 10_000;

/** Milliseconds in which workers that are there join together. */
const settling = 300;

/** Milliseconds in which the server deletes what is left of a run. */
const parting = 5000;

/** Milliseconds after which it is said that nobody is there. */
const patience = 1500;

/** The pool of `natsPool`: calls and results are messages on a server. */
export class RemotePool implements WorkerPool {
  readonly name: string;
  readonly sharesMemory = false;
  readonly #run = randomIdentity();
  readonly #address: string;
  readonly #settings: PoolSettings;
  readonly #server: Server;
  readonly #streams: RunStreams;
  readonly #data: DataStore;
  readonly #watch: ConnectionWatch;
  readonly #census: Census;
  readonly #aborts = new AbortListeners();
  readonly #installations = new Map<string, Installed>();
  readonly #queue: Call[] = [];
  readonly #sent = new Map<string, Call>();
  readonly #timer: ReturnType<typeof setInterval>;
  #news = performance.now();
  #peopled = performance.now();
  /** Places without which it waits. */
  #needed = 1;
  #toldOfWaiting = false;
  #closing: Promise<void> | undefined;

  private constructor(server: Server, address: string, settings: PoolSettings) {
    this.name = `nats (${address})`;
    this.#address = address;
    this.#settings = settings;
    this.#server = server;
    this.#streams = new RunStreams(server, this.#run, settings.times);
    this.#data = new DataStore(server, poolPlace(this.#run));
    this.#watch = new ConnectionWatch(server.connection, settings.onNote, (error) => this.#stop(error));
    this.#census = new Census(settings.onNote);
    this.#timer = setInterval(() => this.#tick(), beat);
  }

  static async open(options: ServerOptions, settings: PoolSettings): Promise<RemotePool> {
    const server = await connectJetStream(options);
    const pool = new RemotePool(server, shownServer(options.server), settings);
    try {
      await pool.#streams.ensure();
      server.connection.subscribe(subjects.workers(pool.#run), {
        callback: (error, message) => {
          if (!error) pool.#hear(message.data);
        },
      });
      void pool.#takeResults();
      pool.#tick();
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  get size(): number {
    return this.#settings.size ?? Math.max(1, this.#census.places);
  }

  /** Resolves once workers have so many places. @throws FedscoreError FEDSCORE_ABORTED. */
  async waitForWorkers(places: number, signal: AbortSignal | undefined): Promise<void> {
    this.#needed = places;
    for (const begin = performance.now(); this.#census.places < places; await wait(50)) {
      throwIfAborted(signal);
      if (this.#watch.denied) throw this.#watch.denied;
      if (this.#closing) throw closedError();
      if (performance.now() - begin > patience) this.#tellOfWaiting();
    }
    this.#needed = 1;
    await wait(settling);
  }

  call<Input, Output>(job: WorkerFunction<Input, Output>, input: Input, options: CallOptions = {}): Promise<Output> {
    const { signal } = options;
    return new Promise<unknown>((resolve, reject) => {
      if (this.#watch.denied) throw this.#watch.denied;
      if (this.#closing) throw closedError();
      if (signal !== undefined) requireSignal("signal", signal);
      throwIfAborted(signal);
      const answer = openAnswer(
        { resolve, reject },
        { signal, aborts: this.#aborts, onAbort: () => this.#drop(call), onSettled: () => call.input.delete() },
      );
      const call: Call = Object.assign(answer, {
        job: job.name,
        input: new StoredInput(this.#data, () => encodeMessage(input), mostInline.call),
        installations: [...this.#installations.values()],
        again: 0,
        sent: undefined,
      });
      this.#queue.push(call);
      this.#dispatch();
      // A worker answers a call of this function with this function's output.
    }) as Promise<Output>;
  }

  install<Input>(key: string, { open, close, input }: Installation<Input>): void {
    const bytes = encodeMessage(input);
    const stored = new StoredInput(this.#data, () => bytes, mostInline.installation);
    this.#installations.set(key, { key, open: open.name, close: close.name, input: stored });
  }

  uninstall(key: string): void {
    const installed = this.#installations.get(key);
    this.#installations.delete(key);
    installed?.input.delete();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#stop(closedError());
    const { connection } = this.#server;
    if (!connection.isClosed()) {
      connection.publish(subjects.control(this.#run), encode({ end: true }));
      await atMost(parting, this.#streams.delete());
    }
    await connection.close();
  }

  /** Ends what is under way; nothing is said to the server after that. */
  #stop(error: FedscoreError): void {
    clearInterval(this.#timer);
    for (const call of [...this.#queue.splice(0), ...this.#sent.values()]) call.reject(error);
  }

  /** Calls that are at the server at the same time: those that run, and one for each place to go on with. */
  #dispatch(): void {
    const most = 2 * this.size + 2;
    while (this.#sent.size < most && !this.#closing) {
      const call = this.#queue.shift();
      if (!call) return;
      void this.#send(call);
    }
  }

  async #send(call: Call): Promise<void> {
    const { losses } = this.#watch;
    const sent: Sent = {
      id: randomIdentity(),
      token: randomIdentity(),
      losses,
      at: performance.now(),
      sequence: undefined,
    };
    call.sent = sent;
    this.#sent.set(sent.id, call);
    const isOver = () => call.settled || this.#closing !== undefined;
    try {
      sent.sequence = await persistently(isOver, () => this.#publish(call, sent));
      if (call.settled && !this.#closing) this.#withdraw(sent);
    } catch (error) {
      this.#sent.delete(sent.id);
      call.reject(ownError(error));
      this.#dispatch();
    }
  }

  async #publish({ job, input, installations }: Call, { id, token }: Sent): Promise<number> {
    const kept = installations.map(
      async ({ key, open, close, input }): Promise<InstallationMessage> => ({
        ...{ key, open, close },
        input: await input.payload(),
      }),
    );
    const message = encode({
      ...{ run: this.#run, call: id, token, job, tries: this.#settings.tries },
      ...{ installations: await Promise.all(kept), input: await input.payload() },
    });
    const { seq } = await this.#server.stream.publish(subjects.calls(this.#run), message);
    return seq;
  }

  /** Takes results as long as the pool is open, also after the server was away. */
  async #takeResults(): Promise<void> {
    while (!this.#closing && !this.#watch.denied) {
      try {
        const consumer = await this.#server.stream.consumers.get(streamNames.results, this.#run);
        const results = await consumer.consume({ max_messages: 64, expires: 10_000 });
        for await (const message of results) void this.#take(message);
      } catch {
        await wait(250);
      }
    }
  }

  /** Never rejects: each failure belongs to a call. */
  async #take(message: JsMsg): Promise<void> {
    this.#news = performance.now();
    const call = this.#sent.get(message.subject.split(".").at(-1) ?? "");
    if (call?.sent) {
      const { sent } = call;
      try {
        const result = readResult(message.data);
        requireOwn(result, this.#run, sent);
        await this.#settle(call, result.outcome);
      } catch (error) {
        const isBad = error instanceof FedscoreError && error.code === "FEDSCORE_MESSAGE";
        if (isBad) this.#refuse(call, sent, error);
        else call.reject(ownError(error));
      }
      if (call.settled) this.#sent.delete(sent.id);
    }
    if (!this.#closing) message.ack();
    this.#dispatch();
  }

  async #settle(call: Call, outcome: Outcome): Promise<void> {
    const { job, sent } = call;
    if (outcome.kind === "error") return call.reject(fromWireError(job, outcome.error));
    if (outcome.kind === "missing") {
      for (const { input } of [call, ...call.installations]) input.delete();
      return this.#again(call, "data of the call is not on the server any more");
    }
    if (outcome.kind === "lost") {
      // What seemed a lost worker may have been the server.
      if (sent && sent.losses < this.#watch.losses) return this.#again(call, "its workers were lost with the server");
      const message = `${job} failed: its worker was lost ${counted(outcome.tries, "time")}`;
      return call.reject(new FedscoreError("FEDSCORE_WORKER", message, { losses: outcome.tries }));
    }
    const bytes = await persistently(
      () => call.settled || this.#closing !== undefined,
      () => this.#data.get(outcome.value),
    );
    call.resolve(decodeMessage(bytes));
    void this.#data.delete(outcome.value);
  }

  /** A result that is none says nothing about the call. */
  #refuse(call: Call, sent: Sent, error: FedscoreError): void {
    const { worker } = error.details;
    const from = typeof worker === "string" ? ` (from ${worker})` : "";
    this.#settings.onNote(`a result of ${call.job} was refused: ${error.message}${from}`);
    if (call.sent === sent) this.#again(call, error.message);
  }

  /** Sends a call once more, under another name, before all others. */
  #again(call: Call, reason: string): void {
    if (call.settled) return;
    const { sent } = call;
    if (sent) {
      this.#sent.delete(sent.id);
      this.#withdraw(sent);
    }
    if (++call.again > mostAgain) {
      call.reject(new FedscoreError("FEDSCORE_WORKER", `${call.job} failed ${call.again} times: ${reason}`));
      return;
    }
    this.#queue.unshift(call);
    this.#dispatch();
  }

  /** Forgets an aborted call, wherever it is. */
  #drop(call: Call): void {
    const queued = this.#queue.indexOf(call);
    if (queued >= 0) this.#queue.splice(queued, 1);
    const { sent } = call;
    if (!sent || !this.#sent.delete(sent.id)) return;
    this.#withdraw(sent);
    this.#dispatch();
  }

  /** Workers end a call that they are at, and get it no more. */
  #withdraw({ id, sequence }: Sent): void {
    const { connection, manager } = this.#server;
    if (connection.isClosed()) return;
    connection.publish(subjects.control(this.#run), encode({ drop: id }));
    if (sequence !== undefined) manager.streams.deleteMessage(streamNames.calls, sequence).catch(() => {});
  }

  #hear(bytes: Uint8Array): void {
    try {
      this.#census.hear(readWorkerBeat(bytes));
      this.#dispatch();
    } catch (error) {
      if (!(error instanceof FedscoreError)) throw error;
    }
  }

  #tick(): void {
    const { variant } = this.#settings;
    this.#server.connection.publish(
      subjects.run(this.#run),
      encode({ run: this.#run, version: fedscoreVersion, variant }),
    );
    this.#census.look();
    const now = performance.now();
    if (this.#census.places >= this.#needed) {
      this.#peopled = now;
      this.#toldOfWaiting = false;
    } else if (this.#sent.size > 0 && now - this.#peopled > patience) this.#tellOfWaiting();
    if (this.#sent.size > 0 && now - this.#news > quiet) {
      this.#news = now;
      void this.#audit(now);
    }
  }

  /** Sends calls again that the server has lost, as one may whose disk was lost. */
  async #audit(begin: number): Promise<void> {
    try {
      if (!(await this.#streams.isEmpty())) return;
    } catch {
      return;
    }
    for (const call of this.#sent.values()) {
      if (call.sent?.sequence !== undefined && call.sent.at < begin - quiet)
        this.#again(call, "the server has lost the call");
    }
  }

  #tellOfWaiting(): void {
    if (this.#toldOfWaiting) return;
    this.#toldOfWaiting = true;
    const { places } = this.#census;
    const whom = places === 0 ? "a worker" : `${counted(this.#needed - places, "more place")} at workers`;
    this.#settings.onNote(`waiting for ${whom}: fedscore worker --server ${this.#address}`);
  }
}
