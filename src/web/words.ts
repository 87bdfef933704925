import type { Stage } from "../experiment/progress.js";
import { formatInteger, formatNumber, formatSeconds } from "../report/format.js";
import type { RunView } from "./run-view.js";

const stages: Readonly<Record<Stage, string>> = {
  data: "Reading or drawing the data",
  training: "Training",
  reference: "Training the dense reference",
  grid: "Choosing the grid",
  sampling: "Drawing samples",
  evaluation: "Measuring divergences",
  judges: "Judging samples",
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

/** Of a finished run, what it says of its samples, in one sentence. */
export function verdictOf({ result }: RunView): string | undefined {
  if (!result) return undefined;
  const { klInterval, certificate } = result;
  if (klInterval && "low" in klInterval && klInterval.low !== null && klInterval.high !== null) {
    const ends = `${formatNumber(klInterval.low, 2)} and ${formatNumber(klInterval.high, 2)}`;
    return `With ${percent(klInterval.confidence)} confidence the KL divergence from the data law to the samples’ law lies between ${ends} nats.`;
  }
  if (certificate && "upper" in certificate && certificate.upper !== null)
    return `With ${percent(certificate.confidence)} confidence the KL divergence from the data law to the samples’ law is at most ${formatNumber(certificate.upper, 2)} nats.`;
  return result.certificateNote ? `No certificate: ${result.certificateNote}.` : undefined;
}

function percent(share: number | null): string {
  return `${formatNumber(100 * (share ?? 0), 3)} %`;
}
