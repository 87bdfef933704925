import type { BlockUpdate, RoundTask, TrainingSetup } from "./messages.js";

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
  /** Yields an update for each block of the round, as they arrive. A lost worker's blocks are run again elsewhere. */
  run(round: RoundTask, signal?: AbortSignal): AsyncIterable<BlockUpdate>;
  close(): Promise<void>;
}
