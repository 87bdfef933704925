import type { JsMsg } from "@nats-io/jetstream";
import { FedscoreError, isFedscoreError } from "../../errors.js";
import { decodeMessage, encodeMessage } from "../codec.js";
import { ConnectionWatch } from "../connection-watch.js";
import { DataStore, MissingData } from "../data-store.js";
import { deniedError } from "../denied.js";
import { publishOnce, type Server } from "../jetstream.js";
import { beat, randomIdentity } from "../protocol.js";
import { persistently, wait } from "../retry.js";
import { streams } from "../streams.js";
import { fedscoreVersion } from "../version.js";
import { taskWait } from "./client-streams.js";
import {
  type AnswerOutcome,
  encode,
  type Hello,
  longestReason,
  type QuestionKind,
  readTask,
  type TaskMessage,
} from "./messages.js";
import { clientPlace, clientSubjects, consumerOf } from "./names.js";
import { NotOpen, Outdated, Refusal } from "./no-answer.js";

/** Runs that are remembered, and answers. */
const mostRuns = 8;
const mostAnswers = 8;

/** Milliseconds after which a task is looked at again whose run has not told of its setup. */
const unopened = 500;

/** A run as who takes part in it sees it. */
export interface TakenPart {
  /**
   * The answer to a question; undefined where there is none to give.
   * @param place of the question in the stream of tasks: one that comes later ends the training of those before it.
   * @throws Refusal, NotOpen, Outdated, FedscoreError.
   */
  answer(
    kind: QuestionKind,
    body: unknown,
    context: { readonly place: number; readonly signal: AbortSignal | undefined },
  ): Promise<object | undefined>;
  /** @param over whether the run has ended, and not only this side's part in it. */
  close(over: boolean): Promise<void>;
}

/** Who takes part in runs: a client with rows, or an aggregator that stands for several. */
export interface Side {
  readonly name: string;
  /** What it says of itself each second. */
  readonly hello: Omit<Hello, "name" | "version">;
  join(run: string): TakenPart;
}

export interface PartOptions {
  readonly signal?: AbortSignal | undefined;
  readonly stay?: boolean | undefined;
  readonly onNote: (text: string) => void;
}

/** What a task came to. */
type Answer = { readonly value: object } | { readonly reason: string };

/** A task that wants an answer. */
type Asked = TaskMessage & { readonly kind: QuestionKind };

/** Takes part in the runs of a server: says that it is there, answers each task once, and comes back when the server does. */
export class Participant {
  readonly #server: Server;
  readonly #side: Side;
  readonly #name: string;
  readonly #leaving = new AbortController();
  readonly #signal: AbortSignal;
  readonly #stays: boolean;
  readonly #onNote: (text: string) => void;
  readonly #watch: ConnectionWatch;
  readonly #runs = new Map<string, TakenPart>();
  /** Answers under way and the last ones, by task: one that is asked for again is not worked out again. */
  readonly #answers = new Map<string, Promise<Answer | undefined>>();

  constructor(server: Server, side: Side, { signal, stay = false, onNote }: PartOptions) {
    this.#server = server;
    this.#side = side;
    this.#name = side.name;
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
      await Promise.all([...this.#runs.values()].map((run) => run.close(false)));
    }
    if (!this.#signal.aborted && this.#watch.denied) throw this.#watch.denied;
  }

  #isOver(): boolean {
    return this.#signal.aborted || this.#server.connection.isClosed() || this.#watch.denied !== undefined;
  }

  #sayHello(): void {
    const { connection } = this.#server;
    if (connection.isClosed()) return;
    const hello = { ...this.#side.hello, name: this.#name, version: fedscoreVersion };
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
      if (kind === "end") await this.#end(task.run);
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
  async #end(run: string): Promise<void> {
    const joined = this.#runs.get(run);
    if (!joined) return;
    this.#runs.delete(run);
    await joined.close(true);
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
      this.#onNote(`refused: ${reason}${causeOf(error)}`);
      return { reason };
    }
  }

  #runOf(run: string): TakenPart {
    const joined = this.#runs.get(run) ?? this.#side.join(run);
    this.#runs.delete(run);
    this.#runs.set(run, joined);
    for (const [old, each] of this.#runs) {
      if (this.#runs.size <= mostRuns) break;
      void each.close(false);
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

/** What is for this side alone. */
function causeOf(error: unknown): string {
  return error instanceof Refusal && error.cause instanceof Error ? ` (${error.cause.message})` : "";
}

/** Why a task was not done; undefined: the error is none of the task. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message.slice(0, longestReason);
  return isFedscoreError(error) ? `it failed: ${error.message}`.slice(0, longestReason) : undefined;
}
