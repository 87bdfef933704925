import type { Model } from "../../model/model.js";
import type { LogEvent } from "../files/log.js";
import type { MetricsRow } from "../metrics/index.js";
import type { RoundRecord } from "../result/history.js";
import type { StageState } from "./earlier-run.js";

/** Where a run keeps what it does while it does it, so that it can be watched and, after an interrupt, go on: a folder. */
export interface RunKeeper {
  /** A round, or a probe. */
  log(event: LogEvent): void;
  /** The numbers of a round, for those who watch them. */
  metrics(row: MetricsRow): void;
  /** The model, as soon as there is one: nothing that fails later can lose it. */
  model(model: Model): void;
  /** All that a stage has done, in the place of what was kept of it before. */
  stage(name: RoundRecord["stage"], state: StageState): void;
  /** What messages call what `stage` keeps. */
  nameOf(name: RoundRecord["stage"]): string;
  /**
   * What a run that stopped leaves, in words.
   * @param kept rounds that the state of the stage holds.
   * @param done rounds that were complete.
   */
  left(name: RoundRecord["stage"], rounds: { readonly kept: number; readonly done: number }): string;
}
