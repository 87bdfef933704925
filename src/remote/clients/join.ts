import type { JsMsg } from "@nats-io/jetstream";
import { rowCount } from "../../data/dataset.js";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import { createEngine } from "../../kernels/index.js";
import { openPool } from "../../workers/open-pool.js";
import { decodeMessage, encodeMessage } from "../codec.js";
import { ConnectionWatch } from "../connection-watch.js";
import { requireRole } from "../credentials.js";
import { DataStore, MissingData } from "../data-store.js";
import { deniedError } from "../denied.js";
import { publishOnce, type Server } from "../jetstream.js";
import { drain, persistentConnection } from "../persistent-connection.js";
import { beat, randomIdentity } from "../protocol.js";
import { persistently, wait } from "../retry.js";
import { shownServer } from "../server-options.js";
import { streams } from "../streams.js";
import { fedscoreVersion } from "../version.js";
import { taskWait } from "./client-streams.js";
import { type JoinOptions, requireJoin } from "./join-options.js";
import { type ClientSide, JoinedRun, NotOpen, Outdated, Refusal } from "./joined-run.js";
import {
  type AnswerOutcome,
  encode,
  longestReason,
  type QuestionKind,
  readTask,
  statisticNames,
  type TaskMessage,
} from "./messages.js";
import { clientPlace, clientSubjects, consumerOf } from "./names.js";
import { completePolicy } from "./policy.js";

/** Runs that are remembered, and answers. */
const mostRuns = 8;
const mostAnswers = 8;

/** Milliseconds after which a task is looked at again whose run has not told of its setup. */
const unopened = 500;

/**
 * Takes part in federations under a name until those that it has joined are over or `signal` is aborted: trains on rows that stay here, gives what the
 * policy allows, and refuses all else with a reason. Comes back by itself when the server does.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where the server's packages are not installed; FEDSCORE_DENIED where it refuses the credentials; ArgumentError
 * or ArgumentTypeError naming an option.
 */
export async function joinFederation(options: JoinOptions): Promise<void> {
  requireJoin(options);
  requireRole(options.credentials, "client");
  const { onNote = () => {}, signal, workers = 1, data, heldOut, policy = {} } = options;
  const engine = await createEngine({ variant: "simd" });
  const server = await persistentConnection(options, onNote, signal);
  if (!server) return;
  const pool = await openPool(engine, { workers });
  const side = { engine, pool, session: randomIdentity(), data, heldOut, policy: completePolicy(policy) };
  try {
    onNote(`connected to ${shownServer(options.server)} as ${options.name}: waiting for a federation`);
    await new Client(server, side, options, onNote).serve();
  } finally {
    await pool.close();
    await drain(server);
  }
}

/** What a task came to. */
type Answer = { readonly value: object } | { readonly reason: string };

/** A task that wants an answer. */
type Asked = TaskMessage & { readonly kind: QuestionKind };

class Client {
  readonly #server: Server;
  readonly #side: ClientSide;
  readonly #name: string;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  readonly #stays: boolean;
  readonly #onNote: (text: string) => void;
  readonly #watch: ConnectionWatch;
  readonly #runs = new Map<string, JoinedRun>();
  /** Answers under way and the last ones, by task: one that is asked for again is not worked out again. */
  readonly #answers = new Map<string, Promise<Answer | undefined>>();

  constructor(
    server: Server,
    side: ClientSide,
    { name, signal, stay = false }: JoinOptions,
    onNote: (text: string) => void,
  ) {
    this.#server = server;
    this.#side = side;
    this.#name = name;
    this.#signal = signal ? AbortSignal.any([signal, this.#leaving.signal]) : this.#leaving.signal;
    this.#stays = stay;
    this.#onNote = onNote;
    this.#watch = new ConnectionWatch(server.connection, onNote);
  }

  async serve(): Promise<void> {
    const timer = setInterval(() => this.#sayHello(), beat);
    this.#sayHello();
    try {
      while (!this.#isOver()) await this.#takeTasks();
    } finally {
      clearInterval(timer);
      for (const run of this.#runs.values()) run.close();
    }
    if (!this.#signal.aborted && this.#watch.denied) throw this.#watch.denied;
  }

  #isOver(): boolean {
    return this.#signal.aborted || this.#server.connection.isClosed() || this.#watch.denied !== undefined;
  }

  #sayHello(): void {
    const { connection } = this.#server;
    if (connection.isClosed()) return;
    const { session, data, heldOut, policy } = this.#side;
    const gives = statisticNames.filter((statistic) => policy[statistic]);
    const counts = { rows: rowCount(data), heldOut: heldOut ? rowCount(heldOut) : 0, dimension: data.dimension };
    const hello = { name: this.#name, session, version: fedscoreVersion, ...counts, gives };
    connection.publish(clientSubjects.hello(this.#name), encode(hello));
  }

  /** Ends with the connection, or where there is no consumer yet: a coordinator makes it. */
  async #takeTasks(): Promise<void> {
    try {
      const consumer = await this.#server.stream.consumers.get(streams.tasks, consumerOf(this.#name));
      const tasks = await consumer.consume({ max_messages: 4, expires: 5000 });
      const onAbort = () => tasks.stop();
      this.#signal.addEventListener("abort", onAbort, { once: true });
      if (this.#signal.aborted) tasks.stop();
      try {
        for await (const message of tasks) void this.#handle(message);
      } finally {
        this.#signal.removeEventListener("abort", onAbort);
      }
    } catch (error) {
      const denied = deniedError(error);
      if (denied) throw denied;
      await wait(beat / 2);
    }
  }

  /** Never rejects. */
  async #handle(message: JsMsg): Promise<void> {
    const alive = setInterval(() => message.working(), taskWait / 3);
    try {
      const task = readTask(message.data);
      if (message.subject !== clientSubjects.tasks(task.run, this.#name))
        throw new FedscoreError("FEDSCORE_MESSAGE", "the task is of another run than its subject");
      const { kind } = task;
      if (kind !== "end") {
        const answer = await this.#answerTo({ ...task, kind }, message.seq);
        if (answer) await this.#publish(task, answer);
      }
      message.ack();
      if (kind === "end") this.#end(task.run);
    } catch (error) {
      if (error instanceof NotOpen) message.nak(unopened);
      else if (error instanceof Outdated) message.term();
      else if (this.#isOver()) message.nak();
      else {
        this.#onNote(`a task cannot be answered: ${error instanceof Error ? error.message : String(error)}`);
        message.term();
      }
    } finally {
      clearInterval(alive);
    }
  }

  /** A run is over: with the last one this client is done, where it is not to wait for others. */
  #end(run: string): void {
    const joined = this.#runs.get(run);
    if (!joined) return;
    joined.close();
    this.#runs.delete(run);
    const isDone = this.#runs.size === 0 && !this.#stays;
    this.#onNote(`federation ${run.slice(0, 8)} is over: ${isDone ? "leaving" : "waiting for others"}`);
    if (isDone) this.#leaving.abort();
  }

  /** A setup is told anew to whoever asks again: it may have been closed since. */
  #answerTo(task: Asked, place: number): Promise<Answer | undefined> {
    if (task.kind === "open") return this.#work(task, place);
    const known = this.#answers.get(task.task);
    if (known) return known;
    const answering = this.#work(task, place);
    this.#answers.set(task.task, answering);
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= mostAnswers) break;
      this.#answers.delete(old);
    }
    answering.catch(() => this.#answers.delete(task.task));
    return answering;
  }

  /** undefined: it wants no answer. */
  async #work({ run, kind, body }: Asked, place: number): Promise<Answer | undefined> {
    try {
      const bytes = await this.#persistently(() => new DataStore(this.#server, clientPlace(run, this.#name)).get(body));
      const context = { place, signal: this.#signal };
      const value = await this.#runOf(run).answer(kind, decodeMessage(bytes), context);
      if (value && kind === "open") this.#onNote(`joined federation ${run.slice(0, 8)}`);
      return value && { value };
    } catch (error) {
      const isNoAnswer = error instanceof NotOpen || error instanceof Outdated || error instanceof MissingData;
      if (isNoAnswer || this.#isOver()) throw error;
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      this.#onNote(`refused: ${reason}`);
      return { reason };
    }
  }

  #runOf(run: string): JoinedRun {
    const joined = this.#runs.get(run) ?? new JoinedRun(this.#side);
    this.#runs.delete(run);
    this.#runs.set(run, joined);
    for (const [old, each] of this.#runs) {
      if (this.#runs.size <= mostRuns) break;
      each.close();
      this.#runs.delete(old);
    }
    return joined;
  }

  async #publish({ run, task }: TaskMessage, answer: Answer): Promise<void> {
    const outcome = await this.#outcomeOf(run, answer);
    const message = encode({ run, client: this.#name, task, outcome });
    const subject = clientSubjects.update(run, this.#name, task);
    // It may have been answered before: by this process, whose acknowledgement was lost, or by one before it.
    await this.#persistently(() => publishOnce(this.#server, subject, message));
  }

  async #outcomeOf(run: string, answer: Answer): Promise<AnswerOutcome> {
    if ("reason" in answer) return { kind: "refused", reason: answer.reason };
    const store = new DataStore(this.#server, clientPlace(run, this.#name));
    const bytes = encodeMessage(answer.value);
    const name = randomIdentity();
    return { kind: "value", value: await this.#persistently(() => store.putAlone(bytes, name)) };
  }

  #persistently<Result>(work: () => Promise<Result>): Promise<Result> {
    return persistently(() => this.#isOver(), work);
  }
}

/** Why a task was not done; undefined: the error is none of the task. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message.slice(0, longestReason);
  return isFedscoreError(error) ? `it failed: ${error.message}`.slice(0, longestReason) : undefined;
}
