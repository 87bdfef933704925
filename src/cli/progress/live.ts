import cliProgress from "cli-progress";
import type { Stage } from "../../experiment/progress.js";
import { printable } from "../terminal.js";
import type { ProgressDisplay } from "./display.js";
import { roundWords, stageNames } from "./words.js";

/** One bar a stage, redrawn in place; finished stages stay above it. */
export function liveProgress(stream: NodeJS.WriteStream): ProgressDisplay {
  let current: { stage: Stage; bar: cliProgress.SingleBar } | undefined;

  const begin = (stage: Stage, done: number, total: number) => {
    stop();
    const bar = new cliProgress.SingleBar({
      stream,
      format: total > 0 ? "{stage} {bar} {value}/{total}  {words}" : "{stage} ...",
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 24,
      hideCursor: true,
      linewrap: false,
    });
    bar.start(Math.max(total, 1), done, { stage: stageNames[stage].padEnd(15), words: "" });
    current = { stage, bar };
  };
  const update = (stage: Stage, done: number, total: number, words: string) => {
    if (current?.stage !== stage) begin(stage, done, total);
    current?.bar.update(done, { words });
  };
  const stop = () => {
    current?.bar.stop();
    current = undefined;
  };
  const note = (text: string) => {
    stop();
    stream.write(`${printable(text)}\n`);
  };
  return {
    listen: (event) => {
      if (event.kind === "stage") begin(event.stage, event.done, event.total);
      else if (event.kind === "round") update(event.stage, event.done, event.total, roundWords(event));
      else if (event.kind === "advance") update(event.stage, event.done, event.total, "");
      else note(event.text);
    },
    note,
    stop,
  };
}
