import type { Stage } from "../experiment/progress.js";
import { formatInteger, formatNumber, formatSeconds } from "../report/format.js";
import type { Look } from "./lab/messages.js";
import type { RunView } from "./run-view.js";

const stages: Readonly<Record<Stage, string>> = {
  data: "Reading or drawing the data",
  training: "Training",
  reference: "Training the dense reference",
  grid: "Choosing the grid",
  sampling: "Drawing samples",
  evaluation: "Measuring divergences",
  calibration: "Calibrating rows",
  judges: "Judging samples",
  table: "Judging the table",
  certificate: "Computing the certificate",
  interval: "Weighing paths for the interval",
  bounds: "Comparing bounds",
  law: "Bounding the distance to the data's law",
  writing: "Writing",
};

/** What a run is at, in a sentence. */
export function stageWords({ status, held, stage, loss, secondsLeft }: RunView): string {
  if (status === "done") return "Finished";
  if (status === "failed") return "Failed";
  if (status === "stopped") return "Stopped";
  const { name, done, total } = stage;
  const isRounds = name === "training" || name === "reference";
  const count = total > 0 ? `, ${isRounds ? "round " : ""}${formatInteger(done)} of ${formatInteger(total)}` : "";
  const [last] = loss.slice(-1);
  const lossWords = name === "training" && last !== undefined ? `, loss ${formatNumber(last, 3)}` : "";
  const left =
    isRounds && !held && secondsLeft !== undefined && secondsLeft >= 2
      ? `, about ${formatSeconds(Math.round(secondsLeft))} left`
      : "";
  return `${held ? "Paused: " : ""}${stages[name]}${count}${lossWords}${left}`;
}

/** The same for those who hear it: only what is new since a while. */
export function spokenWords(run: RunView): string {
  const { stage, status } = run;
  if (status !== "running" || run.held) return stageWords(run);
  const tenth = stage.total > 0 ? Math.floor((10 * stage.done) / stage.total) * 10 : 0;
  return `${stages[stage.name]}${tenth > 0 ? `, ${tenth} percent` : ""}`;
}

/** Whom the certificate of a run is about, where that is not the law of the data. */
export function aboutRows({ facts }: Pick<RunView, "facts">): string | undefined {
  return facts?.hasRowsAlone
    ? "The certificate is about the training rows, not about the law that they were drawn from: a model that repeats them would do best."
    : undefined;
}

/** What the last of the looks at a certificate is to its run. */
export function lookWords({ final }: Pick<Look, "final">, status: RunView["status"]): string {
  if (final)
    return "The last bar is the run’s certificate; those above it are earlier looks with fewer paths, each of which holds at the same confidence taken alone.";
  return status === "running"
    ? "A first look with few paths: more of them narrow the margin. The run’s own certificate is still to come."
    : "First looks with few paths, each of which holds at its confidence taken alone: the run ended without a certificate of its own.";
}
