import { FedscoreError } from "../errors.js";
import type { Variant } from "../kernels/index.js";
import type { WireError } from "../workers/wire-error.js";
import { decodeMessage, encodeMessage } from "./codec.js";
import { hexOf } from "./hex.js";

/** What a pool and its workers say to one another. A run is one pool, from its start to its close. */

/** Names on the server. Subjects go on with the run: what belongs to it can be purged as one. */
export const streamNames = { calls: "FEDSCORE_CALLS", results: "FEDSCORE_RESULTS", data: "FEDSCORE_DATA" } as const;

export const subjects = {
  /** From the pool, each second: that the run is alive. */
  run: (run: string) => `fedscore.run.${run}`,
  /** From workers, each second: who is there. */
  workers: (run: string) => `fedscore.worker.${run}`,
  /** From the pool: calls to drop, and the end. */
  control: (run: string) => `fedscore.control.${run}`,
  calls: (run: string) => `fedscore.calls.${run}`,
  result: (run: string, call: string) => `fedscore.results.${run}.${call}`,
  /** A piece of what is too large for a message. */
  chunk: (run: string, name: string, index: number | "*") => `fedscore.data.${run}.${name}.${index}`,
} as const;

/** Milliseconds between two signs of life. */
export const beat = 1000;

/** Milliseconds without a sign of life after which the other side counts as gone; a pool's thread may be busy for some time. */
export const silence = { worker: 6000, run: 30_000 } as const;

/** A random identity that cannot be guessed: 128 bits in hexadecimal. */
export function randomIdentity(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}

/** What a run needs of its workers. */
export interface RunBeat {
  readonly run: string;
  readonly version: string;
  readonly variant: Variant;
}

/** A worker of a run; or one that refuses it, and why. */
export interface WorkerBeat {
  readonly worker: string;
  readonly name: string;
  /** Calls that it runs at the same time. */
  readonly places: number;
  readonly refuses?: string;
}

export type Control = { readonly drop: string } | { readonly end: true };

/** Encoded data: in the message, or in chunks under a name, whose SHA-256 is known. */
export type Payload =
  | { readonly inline: Uint8Array }
  | { readonly name: string; readonly bytes: number; readonly chunks: number; readonly sha256: string };

/** What a worker keeps under a key; see WorkerPool.install. */
export interface InstallationMessage {
  readonly key: string;
  readonly open: string;
  readonly close: string;
  readonly input: Payload;
}

export interface CallMessage {
  readonly run: string;
  readonly call: string;
  /** What the result must repeat: who has not read the call does not know it. */
  readonly token: string;
  readonly job: string;
  /** Deliveries after which the call is given up. */
  readonly tries: number;
  readonly installations: readonly InstallationMessage[];
  readonly input: Payload;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: Payload }
  | { readonly kind: "error"; readonly error: WireError }
  /** The workers that had the call before died of it, or seemed to. */
  | { readonly kind: "lost"; readonly tries: number }
  /** Data of the call is not on the server any more. */
  | { readonly kind: "missing" };

export interface ResultMessage {
  readonly run: string;
  readonly call: string;
  readonly token: string;
  readonly worker: string;
  readonly outcome: Outcome;
}

/** Most bytes of the messages that are no calls or results. */
const mostSmall = 1 << 16;

const identity = /^[0-9a-f]{32}$/;
const digest = /^[0-9a-f]{64}$/;

export const encode: (message: RunBeat | WorkerBeat | Control | CallMessage | ResultMessage) => Uint8Array =
  encodeMessage;

/** @throws FedscoreError FEDSCORE_MESSAGE, as all that read messages here. */
export function readRunBeat(bytes: Uint8Array): RunBeat {
  const message = objectIn(decodeMessage(bytes, mostSmall));
  const variant = textIn(message, "variant", 16);
  if (variant !== "simd" && variant !== "relaxed") throw refused("names no build of the kernels");
  return { run: identityIn(message, "run"), version: textIn(message, "version", 64), variant };
}

export function readWorkerBeat(bytes: Uint8Array): WorkerBeat {
  const message = objectIn(decodeMessage(bytes, mostSmall));
  const [worker, name] = [identityIn(message, "worker"), textIn(message, "name", 256)];
  const places = integerIn(message, "places", 1024);
  return { worker, name, places, ...("refuses" in message && { refuses: textIn(message, "refuses", 1000) }) };
}

export function readControl(bytes: Uint8Array): Control {
  const message = objectIn(decodeMessage(bytes, mostSmall));
  if ("end" in message) return { end: true };
  return { drop: identityIn(message, "drop") };
}

export function readCall(bytes: Uint8Array): CallMessage {
  const message = objectIn(decodeMessage(bytes));
  return {
    run: identityIn(message, "run"),
    call: identityIn(message, "call"),
    token: identityIn(message, "token"),
    job: textIn(message, "job", 256),
    tries: integerIn(message, "tries", 1000),
    installations: listIn(message, "installations").map((each) => {
      const installation = objectIn(each);
      return {
        key: textIn(installation, "key", 1000),
        open: textIn(installation, "open", 256),
        close: textIn(installation, "close", 256),
        input: payloadIn(installation, "input"),
      };
    }),
    input: payloadIn(message, "input"),
  };
}

export function readResult(bytes: Uint8Array): ResultMessage {
  const message = objectIn(decodeMessage(bytes));
  return {
    run: identityIn(message, "run"),
    call: identityIn(message, "call"),
    token: identityIn(message, "token"),
    worker: textIn(message, "worker", 256),
    outcome: outcomeOf(objectIn(fieldOf(message, "outcome"))),
  };
}

function outcomeOf(outcome: object): Outcome {
  const kind = textIn(outcome, "kind", 16);
  if (kind === "value") return { kind, value: payloadIn(outcome, "value") };
  if (kind === "lost") return { kind, tries: integerIn(outcome, "tries", 2 ** 31) };
  if (kind === "missing") return { kind };
  if (kind === "error") return { kind, error: errorOf(objectIn(fieldOf(outcome, "error"))) };
  throw refused("has an outcome of no known kind");
}

function errorOf(error: object): WireError {
  const most = 1 << 16;
  const details = "details" in error ? { details: { ...objectIn(error.details) } } : {};
  return {
    name: textIn(error, "name", 256),
    message: textIn(error, "message", most),
    ...("code" in error && { code: textIn(error, "code", 256) }),
    ...("stack" in error && { stack: textIn(error, "stack", most) }),
    ...details,
  };
}

export function payloadIn(message: object, key: string): Payload {
  const payload = objectIn(fieldOf(message, key));
  if ("inline" in payload) {
    if (payload.inline instanceof Uint8Array) return { inline: payload.inline };
    throw refused(`has no bytes in ${key}`);
  }
  const sha256 = textIn(payload, "sha256", 64);
  const name = textIn(payload, "name", 64);
  if (!digest.test(sha256) || !(identity.test(name) || digest.test(name))) throw refused(`names no data in ${key}`);
  return { name, bytes: integerIn(payload, "bytes", 2 ** 30), chunks: integerIn(payload, "chunks", 2 ** 20), sha256 };
}

export function fieldOf(message: object, key: string): unknown {
  return Object.hasOwn(message, key) ? (message as Record<string, unknown>)[key] : undefined;
}

export function objectIn(value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)) return value;
  throw refused("has no object where one belongs");
}

export function listIn(message: object, key: string): readonly unknown[] {
  const value = fieldOf(message, key);
  if (Array.isArray(value)) return value;
  throw refused(`has no list ${key}`);
}

export function textIn(message: object, key: string, most: number): string {
  const value = fieldOf(message, key);
  if (typeof value === "string" && value.length <= most) return value;
  throw refused(`has no text of at most ${most} characters in ${key}`);
}

export function identityIn(message: object, key: string): string {
  const value = textIn(message, key, 32);
  if (identity.test(value)) return value;
  throw refused(`has no identity in ${key}`);
}

export function integerIn(message: object, key: string, most: number): number {
  const value = fieldOf(message, key);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw refused(`has no integer in [0, ${most}] in ${key}`);
}

export function refused(what: string): FedscoreError {
  return new FedscoreError("FEDSCORE_MESSAGE", `the message ${what}`);
}
