import cliProgress from "cli-progress";
import type { SweepPoint } from "../../experiment/sweep/points.js";
import type { SweepProgress } from "../../experiment/sweep/run.js";
import { duration } from "../progress/words.js";
import { printable } from "../terminal.js";

/** Where a sweep's progress is shown; always on stderr. */
export interface SweepDisplay {
  readonly listen: (progress: SweepProgress) => void;
  note(text: string): void;
  stop(): void;
}

/** A live bar on a terminal, else a line a point. */
export function sweepProgress(
  describe: (point: SweepPoint) => string,
  stream: NodeJS.WriteStream = process.stderr,
): SweepDisplay {
  const begin = performance.now();
  const left = ({ done, total, reused }: SweepProgress) =>
    duration((((performance.now() - begin) / 1000) * (total - done)) / (done - reused));
  const words = (progress: SweepProgress) =>
    progress.point
      ? `${describe(progress.point)}${progress.failed ? " failed" : ""} · ${left(progress)} left`
      : earlier(progress);
  if (!stream.isTTY) {
    const note = (text: string) => void stream.write(`${printable(text)}\n`);
    return {
      listen: (progress) => note(`points: ${progress.done}/${progress.total} · ${words(progress)}`),
      note,
      stop: () => {},
    };
  }
  let bar: cliProgress.SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    listen: (progress) => {
      if (!bar) {
        bar = new cliProgress.SingleBar({
          stream,
          format: "points {bar} {value}/{total}  {words}",
          barCompleteChar: "█",
          barIncompleteChar: "░",
          barsize: 24,
          hideCursor: true,
          linewrap: false,
        });
        bar.start(progress.total, progress.done, { words: words(progress) });
      } else bar.update(progress.done, { words: words(progress) });
    },
    note: (text) => {
      stop();
      stream.write(`${printable(text)}\n`);
    },
    stop,
  };
}

function earlier({ reused }: SweepProgress): string {
  return reused > 0 ? `${reused} were there before` : "starting";
}
