import type { BlockTask, BlockUpdate, TrainingSetup } from "./messages.js";

/**
 * Carries tasks to wherever clients run and brings updates back: worker threads, Web Workers, a message broker.
 * Messages are plain data with ids. Updates may come in any order and more than once; the coordinator folds each id once.
 */
export interface Transport {
  readonly name: string;
  /** Makes the setup known to every worker, present and future (a respawned or late worker gets it too). */
  open(setup: TrainingSetup, signal?: AbortSignal): Promise<void>;
  /** The setup is needed no more: workers may drop its data. */
  forget(setup: string): Promise<void>;
  /** Yields an update for each task, as they arrive. A lost worker's tasks are run again elsewhere. */
  run(tasks: readonly BlockTask[], signal?: AbortSignal): AsyncIterable<BlockUpdate>;
  close(): Promise<void>;
}
