import { printable } from "../terminal.js";
import type { ProgressDisplay } from "./display.js";
import { roundWords, stageNames } from "./words.js";

const secondsBetweenLines = 5;

/** A line a stage, and one every few seconds of training: for logs and pipes. */
export function lineProgress(stream: NodeJS.WritableStream, now: () => number = Date.now): ProgressDisplay {
  let last = 0;
  const note = (text: string) => void stream.write(`${printable(text)}\n`);
  return {
    listen: (event) => {
      if (event.kind === "note") return note(event.text);
      if (event.kind === "advance") return;
      if (event.kind === "stage") {
        last = now();
        return note(
          event.total > 0 && event.done > 0
            ? `${stageNames[event.stage]}: from ${event.done}/${event.total}`
            : stageNames[event.stage],
        );
      }
      const isLast = event.done === event.total;
      if (!isLast && now() - last < secondsBetweenLines * 1000) return;
      last = now();
      const { participants, stage } = event;
      const who = stage === "training" && participants > 0 ? ` · ${participants} clients` : "";
      note(`${stageNames[stage]}: round ${event.done}/${event.total}${who} · ${roundWords(event)}`);
    },
    note,
    stop: () => {},
  };
}
