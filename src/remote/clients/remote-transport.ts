import type { Transport } from "../../federation/transport.js";
import type { ClientStatus } from "../status/run-status.js";
import type { ClientEvaluation } from "./client-evaluation.js";
import type { RefusedMessages } from "./refusals.js";

/** A transport whose clients are elsewhere. */
export interface NatsTransport extends Transport {
  /** What a coordinator that starts again must say. */
  readonly identity: { readonly run: string; readonly secret: string };
  /** Messages that were refused, by the client whose subject they came on. */
  readonly refused: readonly RefusedMessages[];
  /** Answers that came when their round was closed. */
  readonly late: number;
  /** Bytes of messages and their data, to clients and from them. */
  readonly bytes: { readonly down: number; readonly up: number };
  /** Each client as it is seen now. */
  clientStatus(): ClientStatus[];
  /**
   * The mean training loss of parameters, float32 [P], on the rows that each client holds out, once it was told of a federation: as many entries as there are
   * clients, in their order.
   * @throws FedscoreError FEDSCORE_UNSUPPORTED before any federation has trained on this transport.
   */
  evaluate(parameters: Float32Array, signal?: AbortSignal): Promise<readonly ClientEvaluation[]>;
}
