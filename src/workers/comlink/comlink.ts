import { expose, type Remote, releaseProxy, transfer, wrap } from "comlink";
import type { WireError } from "../wire-error.js";

/** The one file that knows Comlink: calls over a message channel, both ends. */

/** A message channel's end: a Web Worker, the `self` of one, a MessagePort. */
export interface Endpoint {
  /** Sends a message; what is in `transfer` moves in place of being copied. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Has the listener called with each event of a type. */
  addEventListener(type: string, listener: Listener, options?: object): void;
  /** Ends that. */
  removeEventListener(type: string, listener: Listener, options?: object): void;
}

/** What the DOM calls EventListenerOrEventListenerObject, for programs that do not have its types. */
export type Listener = ((event: object) => void) | { handleEvent(event: object): void };

/** What a call comes back with: its value, or its error as plain data (Comlink itself would lose `code` and `details`). */
export type Answer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: WireError };

/** The caller's end. Who calls must hold it: Comlink drops the calls of a proxy that was garbage-collected. */
export interface Connection {
  /** Never settles when the other end dies: race it with that. */
  call(name: string, input: unknown): Promise<Answer>;
  release(): void;
}

interface Api {
  call(name: string, input: unknown): Answer;
}

export function connect(endpoint: Endpoint): Connection {
  const remote: Remote<Api> = wrap<Api>(endpoint);
  return {
    call: (name, input) => remote.call(name, input),
    release: () => remote[releaseProxy](),
  };
}

/** Answers the calls that come in; `handle` returns the answer and the buffers to move with it. */
export function answerCalls(
  endpoint: Endpoint,
  handle: (name: string, input: unknown) => readonly [Answer, ArrayBuffer[]],
): void {
  const api: Api = { call: (name, input) => transfer(...handle(name, input)) };
  expose(api, endpoint);
}
