import type { ArrivedUpdate, RoundTask, TrainingSetup } from "./messages.js";

/**
 * Carries blocks to wherever clients run and brings updates back: worker threads, Web Workers, a message broker.
 * Messages are plain data with ids. Updates may come in any order and more than once; the coordinator folds each id once.
 */
export interface Transport {
  readonly name: string;
  /** Makes the setup known to every worker, present and future (a respawned or late worker gets it too). */
  open(setup: TrainingSetup, signal?: AbortSignal): Promise<void>;
  /** The setup is needed no more: workers may drop its data. */
  forget(setup: string): Promise<void>;
  /**
   * Yields an update for each block of the round, as they arrive; an update names the clients that gave none. A lost worker's blocks
   * are run again elsewhere.
   * @param signal aborts with the run, and when the round is closed. What is under way then is to be ended. Where the round is closed,
   * updates that come within a second still count, and the clients of blocks without one are late.
   */
  run(round: RoundTask, signal?: AbortSignal): AsyncIterable<ArrivedUpdate>;
  /** Ends the machines or the connection that the transport holds. */
  close(): Promise<void>;
}
