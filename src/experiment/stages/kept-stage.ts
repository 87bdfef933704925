import { isFedscoreError } from "../../errors.js";
import type { Federation } from "../../federation/federation.js";
import { type RoundRecord, RunHistory } from "../result/history.js";
import { EarlyStop } from "./early-stop.js";
import type { ReadyRun } from "./ready-run.js";
import { twoErrors } from "./two-errors.js";

type KeptRun = Pick<ReadyRun, "identity" | "keeper" | "earlier" | "apriori" | "config" | "decidingLoss" | "beforeSave">;

/** A stage that trains: its federation, what it has found, and the checkpoint of both, where it is kept. */
export class KeptStage {
  readonly name: RoundRecord["stage"];
  readonly federation: Federation;
  readonly history: RunHistory;
  /** Where the config asks for it. */
  readonly earlyStop: EarlyStop | undefined;
  readonly #run: KeptRun;
  #kept: number;
  #refusal: unknown;

  constructor(run: KeptRun, name: RoundRecord["stage"], federation: Federation) {
    this.name = name;
    this.federation = federation;
    this.history = new RunHistory(run.earlier?.[name]?.history);
    const { earlyStop } = run.config.training;
    if (earlyStop && run.decidingLoss)
      this.earlyStop = new EarlyStop(earlyStop, run.decidingLoss, run.earlier?.[name]?.best);
    this.#run = run;
    this.#kept = this.history.rounds;
  }

  /** What an interrupted run left of the stage. */
  get earlier() {
    return this.#run.earlier?.[this.name];
  }

  /** Rounds that the checkpoint holds. */
  get kept(): number {
    return this.#kept;
  }

  /** What messages call the checkpoint. */
  get path(): string {
    return this.#run.keeper?.nameOf(this.name) ?? "the checkpoint";
  }

  /** Writes the checkpoint where there are whole rounds that it does not hold yet. */
  save(): void {
    const { keeper, identity, apriori, beforeSave } = this.#run;
    const { name, federation, history } = this;
    if (!keeper || this.#kept === history.rounds || federation.round !== history.rounds) return;
    const probes = name === "training" ? apriori?.state : undefined;
    try {
      beforeSave?.();
      keeper.stage(name, { run: identity, federation, history, probes, best: this.earlyStop?.best });
    } catch (error) {
      this.#refusal = error;
      throw error;
    }
    this.#kept = history.rounds;
  }

  /** Saves after an error. @returns what is to be thrown: the error, and with it why what is done could not be kept. */
  saveAfter(error: unknown): unknown {
    if (error === this.#refusal) return error;
    try {
      this.save();
    } catch (refusal) {
      return withRefusal(error, refusal);
    }
    return error;
  }
}

/** Of an interrupt, which was wanted, the refusal is the news. */
function withRefusal(error: unknown, refusal: unknown): unknown {
  return isFedscoreError(error) && error.code === "FEDSCORE_ABORTED"
    ? twoErrors(refusal, "the last rounds of the interrupted run are not kept", error)
    : twoErrors(error, "the last whole rounds are not kept", refusal);
}
