import type { ProgressDisplay } from "./display.js";
import { lineProgress } from "./lines.js";
import { liveProgress } from "./live.js";

/** A live bar on a terminal, plain lines otherwise. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return stream.isTTY ? liveProgress(stream) : lineProgress(stream);
}
