import type { ProgressEvent, Stage } from "../../experiment/progress.js";
import { number } from "../print.js";

export const stageNames: Readonly<Record<Stage, string>> = {
  data: "reading data",
  training: "training",
  reference: "dense reference",
  grid: "choosing the grid",
  sampling: "sampling",
  evaluation: "measuring",
  calibration: "calibrating",
  judges: "judging",
  table: "judging the table",
  certificate: "certifying",
  interval: "weighing paths",
  bounds: "comparing bounds",
  law: "certifying the data law",
  writing: "writing results",
};

type RoundEvent = Extract<ProgressEvent, { kind: "round" }>;

/** "loss 0.4321 · 2 absent · 35.2 clients/s · 12 s left" */
export function roundWords({ stage, loss, absent, clientsPerSecond, secondsLeft }: RoundEvent): string {
  const rate = stage === "training" && clientsPerSecond > 0 ? [`${number(clientsPerSecond)} clients/s`] : [];
  const missing = absent > 0 ? [`${absent} absent`] : [];
  const known = loss === undefined ? [] : [`loss ${number(loss)}`];
  return [...known, ...missing, ...rate, `${duration(secondsLeft)} left`].join(" · ");
}

/** "0.4 s", "12 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
