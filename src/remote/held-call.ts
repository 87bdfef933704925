import type { JsMsg } from "@nats-io/jetstream";
import type { CallMessage } from "./protocol.js";

/** A call that a worker has, running or not yet: the server is told that it is not lost until it is let go. */
export class HeldCall {
  readonly call: CallMessage;
  readonly message: JsMsg;
  readonly #abort = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param heartbeat milliseconds between two words to the server. */
  constructor(message: JsMsg, call: CallMessage, heartbeat: number) {
    this.message = message;
    this.call = call;
    this.#timer = setInterval(() => message.working(), heartbeat);
  }

  /** Aborted where nobody waits for the call any more. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether no worker had it before: one that had may have died of it. */
  get isFresh(): boolean {
    return this.message.info.deliveryCount === 1;
  }

  /** Whether the call fails for good where its worker is lost. */
  get isLastTry(): boolean {
    return this.message.info.deliveryCount >= this.call.tries;
  }

  /** Whether as many workers as it may have were lost with it. */
  get isLost(): boolean {
    return this.message.info.deliveryCount > this.call.tries;
  }

  drop(): void {
    this.#abort.abort();
  }

  letGo(): void {
    clearInterval(this.#timer);
  }
}
