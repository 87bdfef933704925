import type { ProgressDisplay } from "./display.js";
import { lineProgress } from "./lines.js";
import { liveProgress } from "./live.js";

/** A live bar on a terminal that can redraw a line, plain lines otherwise. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return stream.isTTY && process.env.TERM !== "dumb" ? liveProgress(stream) : lineProgress(stream);
}
