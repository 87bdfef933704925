import { FedscoreError } from "../errors.js";
import type { Answer } from "../workers/answer.js";
import type { ResultMessage } from "./protocol.js";
import type { StoredInput } from "./stored-input.js";

/** An installation, and where its input is. */
export interface Installed {
  readonly key: string;
  readonly open: string;
  readonly close: string;
  readonly input: StoredInput;
}

/** A call of a pool, until it has its answer. */
export interface Call extends Answer {
  readonly job: string;
  readonly input: StoredInput;
  readonly installations: readonly Installed[];
  /** How often it had to be sent again. */
  again: number;
  /** Of its last sending. */
  sent: Sent | undefined;
}

/** One sending of a call. */
export interface Sent {
  readonly id: string;
  readonly token: string;
  /** Times that the connection had been lost before. */
  readonly losses: number;
  readonly at: number;
  /** Its place in the stream of calls, once the server has it. */
  sequence: number | undefined;
}

/** Throws where a result is not the answer to what was sent. */
export function requireOwn(
  { run, call, token, worker }: ResultMessage,
  ownRun: string,
  { id, token: own }: Sent,
): void {
  if (run === ownRun && call === id && token === own) return;
  throw new FedscoreError("FEDSCORE_MESSAGE", "it does not answer the call that it names", { worker });
}

/** A failure as one of this package: others are of the server. */
export function ownError(error: unknown): unknown {
  if (error instanceof FedscoreError || error instanceof RangeError || error instanceof TypeError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FedscoreError("FEDSCORE_WORKER", `the server failed: ${reason}`, {}, error);
}

export function closedError(): FedscoreError {
  return new FedscoreError("FEDSCORE_WORKER", "the worker pool is closed");
}
