import type { JsMsg } from "@nats-io/jetstream";

/** Most answers of one client that are kept: a round has one, and before the first one there are few others. */
const mostEach = 16;

/** Answers to tasks of an earlier coordinator of the run, which may be asked again. */
export class EarlierAnswers {
  readonly #byClient = new Map<string, Map<string, JsMsg>>();

  /** Of a client that has more than it can have been asked for, the first ones are kept. */
  add(client: string, task: string, message: JsMsg): void {
    const answers = this.#byClient.get(client) ?? new Map<string, JsMsg>();
    if (answers.size < mostEach) this.#byClient.set(client, answers.set(task, message));
  }

  get(client: string, task: string): JsMsg | undefined {
    return this.#byClient.get(client)?.get(task);
  }

  clear(): void {
    this.#byClient.clear();
  }
}
