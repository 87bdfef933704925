import { finiteResult } from "../../data/finite.js";
import type { Federation } from "../../federation/federation.js";
import { heldOutLoss } from "../../federation/held-out-loss.js";
import { openTraining } from "../../federation/training-tasks.js";
import type { Engine } from "../../kernels/index.js";
import type { EarlyStopConfig } from "../config/early-stop.js";
import type { ExperimentConfig } from "../config/schema.js";
import type { PreparedRun } from "../prepare/prepare-run.js";
import type { RoundSummary } from "../result/history-state.js";

/** Measures the loss of parameters, float32 [P], on the rows that decide. */
export type DecidingLoss = (parameters: Float32Array) => number;

/** Fewest batches of a measurement: a few rows meet many levels and much noise. */
const fewestBatches = 16;

/** What measures the loss that ends training early; undefined where the config does not ask for it. */
export function decidingLoss(
  engine: Engine,
  { seed, schedule, training: { earlyStop } }: ExperimentConfig,
  { network, training, deciding }: PreparedRun,
): DecidingLoss | undefined {
  if (!earlyStop || !deciding) return undefined;
  const setup = { id: "early stop", seed, network, schedule, training, clientRule: { kind: "plain" } } as const;
  const context = openTraining(engine, setup, () => deciding);
  return (parameters) =>
    finiteResult(
      "the held-out loss",
      heldOutLoss(context, { network, parameters, rows: deciding, client: 0, batches: fewestBatches }),
    );
}

/** Decides when a stage has trained enough, and keeps where it was best. */
export class EarlyStop {
  readonly #settings: EarlyStopConfig;
  readonly #loss: DecidingLoss;
  #best: Uint8Array | undefined;

  /** @param best the checkpoint of the best round of an earlier run. */
  constructor(settings: EarlyStopConfig, loss: DecidingLoss, best: Uint8Array | undefined) {
    this.#settings = settings;
    this.#loss = loss;
    this.#best = best;
  }

  /** Bytes of the federation where it was best; undefined before it was measured. */
  get best(): Uint8Array | undefined {
    return this.#best;
  }

  /** The loss after a round that is measured; undefined after others. */
  measure(federation: Federation): number | undefined {
    return federation.round % this.#settings.every === 0 ? this.#loss(federation.samplingParameters) : undefined;
  }

  /** Keeps the federation where its last round is the best one. */
  keep(federation: Federation, perRound: readonly RoundSummary[]): void {
    if (bestRound(perRound)?.round === federation.round - 1) this.#best = federation.checkpoint();
  }

  /** Whether the loss has not fallen for so many rounds. */
  isOver(perRound: readonly RoundSummary[]): boolean {
    const best = bestRound(perRound);
    return best !== undefined && perRound.length - 1 - best.round >= this.#settings.patience;
  }
}

/** A round whose loss was measured. */
export interface MeasuredRound {
  readonly round: number;
  readonly heldOutLoss: number;
}

/** The first round with the lowest held-out loss; undefined where none was measured. */
export function bestRound(perRound: readonly RoundSummary[]): MeasuredRound | undefined {
  let best: MeasuredRound | undefined;
  for (const { round, heldOutLoss } of perRound)
    if (heldOutLoss !== undefined && (best === undefined || heldOutLoss < best.heldOutLoss))
      best = { round, heldOutLoss };
  return best;
}
