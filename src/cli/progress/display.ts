import type { ProgressListener } from "../../experiment/progress.js";

/** Where progress is shown; always on stderr, so that stdout has results only. */
export interface ProgressDisplay {
  readonly listen: ProgressListener;
  /** Prints a sentence without disturbing the display. */
  note(text: string): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}
