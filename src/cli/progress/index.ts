import type { ProgressListener } from "../../experiment/progress.js";
import { lineProgress } from "./lines.js";
import { liveProgress } from "./live.js";

/** Where progress is shown; always on stderr, so that stdout has results only. */
export interface ProgressDisplay {
  readonly listen: ProgressListener;
  /** Prints a sentence without disturbing the display. */
  note(text: string): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

/** A live bar on a terminal, plain lines otherwise. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return stream.isTTY ? liveProgress(stream) : lineProgress(stream);
}
