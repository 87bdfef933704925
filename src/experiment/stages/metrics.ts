import type { MetricsRow } from "../metrics/index.js";
import { now } from "../metrics/now.js";
import type { RoundSummary } from "../result/history-state.js";
import type { EarlierRun } from "./earlier-run.js";

/** A round as metrics have it. */
export function metricsOf(stage: MetricsRow["stage"], summary: RoundSummary, time = now()): MetricsRow {
  const {
    round,
    absent,
    clientLoss: _,
    leftOut = [],
    coverage: __,
    pruningNoise: ___,
    virtual: ____,
    ...values
  } = summary;
  return { stage, round, time, values: { ...values, absent: absent.length, leftOut: leftOut.length } };
}

/** The rounds of an earlier run, whose times are counted back from now. */
export function earlierMetrics(earlier: EarlierRun | undefined): MetricsRow[] {
  const summaries = (["training", "reference"] as const).flatMap((stage) =>
    (earlier?.[stage]?.history.perRound ?? []).map((summary) => ({ stage, summary })),
  );
  const rows: MetricsRow[] = [];
  let time = now();
  for (const { stage, summary } of summaries.reverse()) {
    rows.push(metricsOf(stage, summary, time));
    time -= summary.seconds;
  }
  return rows.reverse();
}
