import type { JsMsg } from "@nats-io/jetstream";
import { FedscoreError } from "../../errors.js";
import { decodeMessage, encodeMessage } from "../codec.js";
import { ConnectionWatch } from "../connection-watch.js";
import { requireRole } from "../credentials.js";
import { DataStore, MissingData } from "../data-store.js";
import { deniedError } from "../denied.js";
import { Gate } from "../gate.js";
import { connectJetStream, publish, type Server } from "../jetstream.js";
import { beat, type Payload, randomIdentity } from "../protocol.js";
import { atMost, persistently, wait } from "../retry.js";
import type { ServerOptions } from "../server-options.js";
import { sha256 } from "../sha256.js";
import { streams } from "../streams.js";
import { ClientStreams } from "./client-streams.js";
import { EarlierAnswers } from "./earlier-answers.js";
import { encode, type QuestionKind, readAnswer, readHello, type TaskKind } from "./messages.js";
import { clientPlace, clientSubjects, isClientName } from "./names.js";
import { RecentKeys } from "./recent-keys.js";
import { Refusals } from "./refusals.js";
import { Roster } from "./roster.js";

/** Tasks that are on their way to the server at a time: one that waits there for too long would be sent again. */
const mostUnderWay = 64;

/** Tasks that are remembered at least, so that an answer that comes late is told from one to nothing. */
const mostAsked = 100_000;

/** Something that one client is asked for. */
export interface Question<Value> {
  readonly name: string;
  readonly kind: QuestionKind;
  readonly body: object;
  /** Most bytes of the answer. */
  readonly most: number;
  /** @throws FedscoreError FEDSCORE_MESSAGE where the answer is none. */
  read(value: unknown): Value;
  readonly signal?: AbortSignal | undefined;
}

/** What a client gave, or why it gave nothing. */
export type Reply<Value> =
  | { readonly value: Value }
  | { readonly none: "late" | "lost" | "refused"; readonly message?: string };

export interface LinkSettings {
  /** Identity of the federation, 32 digits in hexadecimal, and what makes its tasks' names unguessable. */
  readonly run: string;
  readonly secret: string;
  /** Milliseconds without a sign of life after which a client that is asked is lost. */
  readonly lostAfter: number;
  readonly maxAge: number;
  readonly onNote: (text: string) => void;
}

/** A task without an answer. */
interface Waiting {
  readonly name: string;
  readonly since: number;
  /** Fulfilled when its question has ended. */
  readonly over: Promise<unknown>;
  take(message: JsMsg): Promise<void>;
  end(none: "late" | "lost"): void;
}

/** A coordinator's side of a server: asks clients by name, each task once, and believes nothing that arrives. */
export class ClientsLink {
  readonly roster: Roster;
  readonly refusals: Refusals;
  readonly streams: ClientStreams;
  /** Bytes of messages to clients, and from them. */
  readonly bytes = { down: 0, up: 0 };
  /** Answers that came when nobody waited any more. */
  late = 0;
  readonly #server: Server;
  readonly #watch: ConnectionWatch;
  readonly settings: LinkSettings;
  readonly #stores = new Map<string, DataStore>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #gate = new Gate(mostUnderWay);
  /** Tasks whose question has ended. */
  readonly #asked = new RecentKeys(mostAsked);
  readonly #earlier = new EarlierAnswers();
  /** Deletes the data of answers that were taken. */
  readonly #taken: (() => Promise<void>)[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #backlog = 0;
  #lastTaken = 0;
  #closing: Promise<void> | undefined;

  private constructor(server: Server, settings: LinkSettings) {
    this.#watch = new ConnectionWatch(server.connection, settings.onNote, () => this.#endAll("lost"));
    this.#server = server;
    this.settings = settings;
    this.roster = new Roster(this.#watch, settings.onNote);
    this.refusals = new Refusals(settings.onNote);
    this.streams = new ClientStreams(server, settings.run, settings.maxAge);
    this.#timer = setInterval(() => this.#look(), beat);
  }

  static async open(options: ServerOptions, settings: LinkSettings): Promise<ClientsLink> {
    requireRole(options.credentials, "coordinator");
    const server = await connectJetStream(options);
    const link = new ClientsLink(server, settings);
    try {
      await link.streams.ensure();
      link.#backlog = await link.streams.lastAnswer();
      server.connection.subscribe(clientSubjects.hello("*"), {
        callback: (error, message) => {
          if (!error) link.#hear(message.subject, message.data);
        },
      });
      void link.#takeAnswers();
      return link;
    } catch (error) {
      await link.close(false);
      throw error;
    }
  }

  get identity(): { readonly run: string; readonly secret: string } {
    const { run, secret } = this.settings;
    return { run, secret };
  }

  get server(): Server {
    return this.#server;
  }

  get connection(): Server["connection"] {
    return this.#server.connection;
  }

  /** Whether nobody is asked any more. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** @throws FedscoreError FEDSCORE_DENIED where the server does not let this side go on. */
  throwIfDenied(): void {
    if (this.#watch.denied) throw this.#watch.denied;
  }

  /**
   * A client that gives nothing is named with its reason.
   * @throws FedscoreError FEDSCORE_DENIED, as above; FEDSCORE_WORKER where the server stores nothing more.
   */
  async ask<Value>(question: Question<Value>): Promise<Reply<Value>> {
    const { name, kind, body, signal } = question;
    const bytes = encodeMessage(body);
    const task = await this.#taskOf(name, kind, bytes);
    const key = keyOf(name, task);
    for (let same = this.#waiting.get(key); same; same = this.#waiting.get(key)) await same.over;
    let settle: (reply: Reply<Value>) => void = () => {};
    let fail: (error: unknown) => void = () => {};
    const replied = new Promise<Reply<Value>>((resolve, reject) => {
      [settle, fail] = [resolve, reject];
    });
    const isOver = () => signal?.aborted === true || this.isClosed || this.connection.isClosed();
    const store = this.#storeOf(name);
    let data: Payload | undefined;
    const send = (isAgain: boolean) =>
      this.#gate.through(async () => {
        if (isOver()) return;
        // Its subject takes one answer.
        if (isAgain) await persistently(isOver, () => this.streams.forgetAnswer(name, task));
        const body = data ?? (await persistently(isOver, () => store.put(bytes)));
        data = body;
        await persistently(isOver, () => this.#publish(name, { kind, task, body }));
      });
    this.#waiting.set(key, {
      ...{ name, since: performance.now(), over: replied.catch(() => {}) },
      take: async (message) => {
        const reply = await this.#replyOf(question, task, message);
        if (reply) settle(reply);
        else await send(true).catch(fail);
      },
      end: (none) => settle({ none }),
    });
    const onAbort = () => settle({ none: "late" });
    signal?.addEventListener("abort", onAbort, { once: true });
    if (isOver()) onAbort();
    try {
      const earlier = this.#earlier.get(name, task);
      if (earlier) void this.#give(key, earlier);
      else await send(this.#asked.has(key));
      const reply = await replied;
      this.throwIfDenied();
      return reply;
    } catch (error) {
      const denied = this.#watch.denied ?? deniedError(error);
      if (denied) throw denied;
      if (isOver()) return { none: "late" };
      throw error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#waiting.delete(key);
      this.#asked.add(key);
      if (data) void store.delete(data);
    }
  }

  /** A round is over: what clients have not begun they need not begin, and its answers go. */
  async endRound(unanswered: readonly string[]): Promise<void> {
    if (this.isClosed || this.connection.isClosed()) return;
    this.#earlier.clear();
    await Promise.allSettled([
      ...unanswered.map((name) => this.streams.withdraw(name)),
      this.streams.forgetAnswers(this.#lastTaken),
    ]);
    // After the answers that name them: a coordinator that is killed before could not take those up.
    for (const remove of this.#taken.splice(0)) void remove();
  }

  /** @param over whether the federation has ended: then the server keeps nothing of it. */
  close(over: boolean): Promise<void> {
    this.#closing ??= this.#end(over);
    return this.#closing;
  }

  async #end(over: boolean): Promise<void> {
    clearInterval(this.#timer);
    this.#endAll("late");
    if (over && !this.connection.isClosed()) await atMost(5000, this.#part());
    await this.connection.close();
  }

  /** Nothing of the run stays at the server but the word to its clients that it is over. */
  async #part(): Promise<void> {
    await this.streams.delete();
    const told = [...this.#stores.keys()].filter((name) => this.roster.seats.has(name));
    const body = { inline: new Uint8Array(0) };
    await Promise.allSettled(told.map((name) => this.#publish(name, { kind: "end", task: randomIdentity(), body })));
  }

  #endAll(none: "late" | "lost"): void {
    for (const waiting of this.#waiting.values()) waiting.end(none);
  }

  /** The same for the same content, so that an answer that is there need not be given again. */
  async #taskOf(name: string, kind: TaskKind, bytes: Uint8Array): Promise<string> {
    const { run, secret } = this.settings;
    const text = [run, secret, name, kind, await sha256(bytes)].join("/");
    return (await sha256(new TextEncoder().encode(text))).slice(0, 32);
  }

  async #publish(name: string, message: { kind: TaskKind; task: string; body: Payload }): Promise<void> {
    const { run } = this.settings;
    await this.streams.ensureClient(name);
    const encoded = encode({ run, ...message });
    const stored = "inline" in message.body ? 0 : message.body.bytes;
    this.bytes.down += encoded.length + stored;
    await publish(this.#server, clientSubjects.tasks(run, name), encoded);
  }

  /** Takes answers as long as the link is open, also after the server was away. */
  async #takeAnswers(): Promise<void> {
    while (!this.isClosed && !this.connection.isClosed()) {
      try {
        const consumer = await this.#server.stream.consumers.get(streams.updates, this.settings.run);
        const answers = await consumer.consume({ max_messages: 64, expires: 10_000 });
        for await (const message of answers) this.#sort(message);
      } catch {
        if (!this.isClosed) await wait(250);
      }
    }
  }

  #sort(message: JsMsg): void {
    const [, , , name, task] = message.subject.split(".");
    const key = keyOf(name, task);
    this.bytes.up += message.data.length;
    this.#lastTaken = Math.max(this.#lastTaken, message.seq);
    if (this.#waiting.has(key)) {
      void this.#give(key, message);
      return;
    }
    if (this.#isEarlier(message)) this.#earlier.add(name, task, message);
    else if (this.#asked.has(key)) this.late++;
    else this.refusals.add(name, "it answers nothing that this client was asked");
    if (!this.isClosed) message.ack();
  }

  async #give(key: string, message: JsMsg): Promise<void> {
    await this.#waiting.get(key)?.take(message);
    if (!this.isClosed) message.ack();
  }

  #isEarlier({ seq }: JsMsg): boolean {
    return seq <= this.#backlog;
  }

  /** undefined: it was given to an earlier coordinator, and its data are gone. */
  async #replyOf<Value>(
    { name, most, read }: Question<Value>,
    task: string,
    message: JsMsg,
  ): Promise<Reply<Value> | undefined> {
    const store = this.#storeOf(name);
    try {
      const answer = readAnswer(message.data);
      if (answer.run !== this.settings.run) throw refusedAnswer("is of another run");
      if (answer.client !== name) throw refusedAnswer("names another client than it came from");
      if (answer.task !== task) throw refusedAnswer("answers another task");
      const { outcome } = answer;
      if (outcome.kind === "refused") return { none: "refused", message: outcome.reason };
      const { value } = outcome;
      const length = "inline" in value ? value.inline.length : value.bytes;
      if (length > most) throw refusedAnswer(`has ${length} bytes, the most are ${most}`);
      const bytes = await persistently(
        () => this.isClosed,
        () => store.get(value),
      );
      if (!("inline" in value)) {
        this.bytes.up += bytes.length;
        this.#taken.push(() => store.delete(value));
      }
      return { value: read(decodeMessage(bytes, most)) };
    } catch (error) {
      if (this.isClosed) return { none: "late" };
      if (error instanceof MissingData && this.#isEarlier(message)) return undefined;
      const isBad =
        error instanceof MissingData || (error instanceof FedscoreError && error.code === "FEDSCORE_MESSAGE");
      const reason = error instanceof Error ? error.message : String(error);
      if (isBad) this.refusals.add(name, reason);
      return { none: "lost", message: `its answer was refused: ${reason}` };
    }
  }

  #storeOf(name: string): DataStore {
    const store = this.#stores.get(name) ?? new DataStore(this.#server, clientPlace(this.settings.run, name));
    this.#stores.set(name, store);
    return store;
  }

  #hear(subject: string, bytes: Uint8Array): void {
    const sender = subject.split(".").at(-1) ?? "";
    if (!isClientName(sender)) return;
    try {
      const hello = readHello(bytes);
      if (hello.name === sender) this.roster.hear(hello);
      else this.refusals.add(sender, "it says that it is another client");
    } catch (error) {
      if (!(error instanceof FedscoreError)) throw error;
      this.refusals.add(sender, error.message);
    }
  }

  /** Who is silent for too long is waited for no longer. */
  #look(): void {
    this.roster.look();
    for (const waiting of this.#waiting.values()) {
      if (this.roster.silence(waiting.name, waiting.since) > this.settings.lostAfter) waiting.end("lost");
    }
  }
}

function keyOf(name: string, task: string): string {
  return `${name}/${task}`;
}

function refusedAnswer(what: string): FedscoreError {
  return new FedscoreError("FEDSCORE_MESSAGE", `the answer ${what}`);
}
