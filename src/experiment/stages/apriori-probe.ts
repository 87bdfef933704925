import type { TimeGrid } from "../../diffusion/grid.js";
import { samplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { FedscoreError } from "../../errors.js";
import type { Federation } from "../../federation/federation.js";
import type { RoundStart } from "../../federation/train-options.js";
import type { Engine } from "../../kernels/index.js";
import type { AprioriReport } from "../../theory/apriori/apriori-bound.js";
import { aprioriReport, irreducibleLoss } from "../../theory/apriori/apriori-bound.js";
import { isDrawn } from "../../theory/apriori/drawn-rounds.js";
import type { MeasuredConstant } from "../../theory/apriori/measured-constants.js";
import { TrainingProbe } from "../../theory/apriori/probe.js";
import type { RoundProbe } from "../../theory/apriori/round-fold.js";
import { type LeftOut, trainingKindOf } from "../../theory/apriori/run-kind.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { AprioriConfig } from "../config/apriori.js";
import type { ExperimentConfig } from "../config/schema.js";
import { federationOptions, participantsOf } from "../prepare/federations.js";
import type { PreparedRun } from "../prepare/prepare-run.js";
import { isNotComputed, type NotComputed } from "../result/not-computed.js";
import { attempt } from "./attempt.js";
import { type ProbeState, plainProbe } from "./probe-state.js";
import type { RunKeeper } from "./run-keeper.js";

export interface AprioriOptions {
  readonly config: ExperimentConfig;
  readonly settings: AprioriConfig;
  readonly prepared: PreparedRun;
  /** Keeps the log; undefined: nobody does. */
  readonly keeper: Pick<RunKeeper, "log"> | undefined;
  /** What an interrupted run had measured; undefined: nothing. */
  readonly earlier: ProbeState | undefined;
  readonly signal: AbortSignal | undefined;
}

/** mmse of the data law at the starts of a grid's steps, squared data units, and where it is from. */
export interface KnownMmse {
  readonly values: ArrayLike<number>;
  readonly how: string;
}

/** Measures the constants of the a-priori bound while a run trains. Deterministic, also after a resume. */
export class AprioriProbe {
  readonly #engine: Engine;
  readonly #options: AprioriOptions;
  readonly #probe: TrainingProbe;
  readonly #probes: RoundProbe[];
  /** Why a round could not be measured: there is no bound then. */
  #failure: NotComputed | undefined;

  /** @param engine draws the rounds. */
  constructor(engine: Engine, pool: WorkerPool, options: AprioriOptions) {
    const { config, settings, prepared, earlier } = options;
    const { network, points, clientRows, training } = prepared;
    const { probes, draws } = settings;
    const { schedule, seed, federation } = config;
    const { clientRule } = federation;
    this.#engine = engine;
    this.#options = options;
    this.#probes = [...(earlier?.probes ?? [])];
    this.#failure = earlier?.failure;
    const objective = { network, schedule, training, seed, probes };
    this.#probe = new TrainingProbe(pool, {
      ...objective,
      draws,
      points,
      clientRows,
      clientRule,
      before: earlier?.last,
    });
  }

  /** All that it carries from round to round: part of a checkpoint. */
  get state(): ProbeState {
    return { probes: this.#probes, last: this.#probe.last, failure: this.#failure };
  }

  /**
   * Measures where a round starts, if it was drawn; what an interrupted run measured stays. Where that fails, `finish` says why, and training
   * goes on.
   */
  async onRound(start: RoundStart): Promise<void> {
    const { config, settings, signal } = this.#options;
    if (this.#failure || this.#probes.at(-1)?.round === start.round) return;
    if (!isDrawn(this.#engine, { seed: config.seed, blockRounds: settings.every }, start.round)) return;
    const probe = await attempt(() => this.#probe.measure(start, { signal }));
    if (!isNotComputed(probe)) return this.#keep(probe);
    this.#failure = { notComputed: `the probe of round ${start.round}: ${probe.notComputed}`, code: probe.code };
  }

  /**
   * Measures the end of training and assembles the bound.
   * @param history which updates of the run are not in its averages.
   * @param mmse where it is known.
   * @throws FedscoreError where a round could not be measured.
   */
  async finish(
    federation: Federation,
    grid: TimeGrid,
    { dropped, absent }: LeftOut,
    mmse: KnownMmse | undefined,
  ): Promise<AprioriReport> {
    const { config, prepared, settings, signal } = this.#options;
    if (this.#failure) throw new FedscoreError(this.#failure.code, this.#failure.notComputed);
    this.#keep(await this.#probe.measureEnd(federation.round, federation.parameters, { signal }));
    const { localSteps, rounds } = config.training;
    const ledger = federation.coverage;
    const { schedule, training, moments } = prepared;
    const measured = this.#probe.clients.length;
    const { clients } = config.federation;
    return aprioriReport({
      probes: this.#probes,
      run: {
        learningRate: config.training.optimizer.learningRate,
        localSteps,
        rounds,
        participants: participantsOf(config.federation),
        coverageMin: ledger.runMinimum,
        pruningNoise: ledger.runPruningNoise,
        parameterNorm: ledger.meanParameterNorm,
        blockRounds: settings.every,
        ...trainingKindOf(federationOptions(config, prepared)),
        dropped,
        absent,
        neverCovered: ledger.neverCovered(),
        objective: `the mean of the training loss over ${measured === clients ? "all" : `${measured} of ${clients}`} clients, each on a fixed set of at least ${settings.probes} probes`,
      },
      training,
      sampler: samplerName(config.sampling.sampler),
      schedule,
      grid,
      moments,
      ...(mmse && { irreducible: irreducibleOf(schedule, grid, mmse) }),
    });
  }

  /** Makes the workers forget the probes. */
  close(): void {
    this.#probe.close();
  }

  #keep(probe: RoundProbe): void {
    this.#probes.push(probe);
    this.#options.keeper?.log({ event: "probe", ...plainProbe(probe) });
  }
}

/** NaN where an mmse is none: the bound then says so, and the run is not lost. */
function irreducibleOf(schedule: NoiseSchedule, grid: TimeGrid, { values, how }: KnownMmse): MeasuredConstant {
  const measured = Array.from(values).every((value) => Number.isFinite(value) && value >= 0);
  return { value: measured ? irreducibleLoss(schedule, grid, values) : Number.NaN, how };
}
