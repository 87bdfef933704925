import { encode, type Hello, readTask, type TaskMessage } from "../../src/remote/clients/messages.js";
import { clientSubjects, consumerOf } from "../../src/remote/clients/names.js";
import { decodeMessage, encodeMessage } from "../../src/remote/codec.js";
import { connectJetStream, type Server } from "../../src/remote/jetstream.js";
import { objectIn, randomIdentity } from "../../src/remote/protocol.js";
import type { ServerOptions } from "../../src/remote/server-options.js";
import { streams } from "../../src/remote/streams.js";
import { fedscoreVersion } from "../../src/remote/version.js";

/** What a task of training asks for. */
export interface PuppetTask {
  readonly message: TaskMessage;
  /** What it says; round and parameters are in it. */
  readonly body: object;
  readonly round: number;
  readonly parameters: Float32Array;
}

/** What a puppet says to a task of training; undefined: nothing. */
export type PuppetAnswer = (task: PuppetTask) => Uint8Array | undefined | Promise<Uint8Array>;

/** A client that says whatever a test wants: it opens, and answers each task of training by `answer`. */
export class PuppetClient {
  readonly #server: Server;
  readonly #name: string;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #tasks: Promise<void>;
  #closed = false;

  private constructor(server: Server, name: string, answer: PuppetAnswer) {
    this.#server = server;
    this.#name = name;
    const session = randomIdentity();
    const counts = { rows: 50, heldOut: 0, dimension: 2, gives: [] };
    const hello: Hello = { name, session, version: fedscoreVersion, ...counts };
    const say = () => server.connection.publish(clientSubjects.hello(name), encode(hello));
    say();
    this.#timer = setInterval(say, 300);
    this.#tasks = this.#take(answer);
  }

  static async start(options: ServerOptions, name: string, answer: PuppetAnswer): Promise<PuppetClient> {
    return new PuppetClient(await connectJetStream(options), name, answer);
  }

  /** An answer as a client gives it; `change` replaces parts of the message, `body` is what it answers. */
  answer({ run, task }: TaskMessage, body: object, change: object = {}): Uint8Array {
    const outcome = { kind: "value", value: { inline: encodeMessage(body) } };
    return encodeMessage({ run, client: this.#name, task, outcome, ...change });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#server.connection.close();
    await this.#tasks;
  }

  async #take(answer: PuppetAnswer): Promise<void> {
    const { stream } = this.#server;
    while (!this.#closed) {
      try {
        const consumer = await stream.consumers.get(streams.tasks, consumerOf(this.#name));
        for await (const message of await consumer.consume({ max_messages: 1 })) {
          const task = readTask(message.data);
          const body = objectIn(decodeMessage("inline" in task.body ? task.body.inline : new Uint8Array(0)));
          const { round, parameters } = body as Omit<PuppetTask, "message" | "body">;
          const refusal = { outcome: { kind: "refused", reason: "no" } };
          const bytes =
            task.kind === "train"
              ? await answer({ message: task, body, round, parameters })
              : this.answer(task, { rows: 50 }, task.kind === "open" ? {} : refusal);
          if (bytes && task.kind !== "end")
            await stream.publish(clientSubjects.update(task.run, this.#name, task.task), bytes);
          message.ack();
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
