import { join } from "node:path";
import type { TimeGrid } from "../diffusion/grid.js";
import { createSchedule } from "../diffusion/schedules/index.js";
import type { Federation, RoundStart } from "../federation/federation.js";
import type { WorkerPool } from "../federation/worker-pool.js";
import type { AprioriReport } from "../theory/apriori/apriori-bound.js";
import { aprioriReport, irreducibleLoss } from "../theory/apriori/apriori-bound.js";
import { TrainingProbe } from "../theory/apriori/probe.js";
import type { RoundProbe } from "../theory/apriori/round-fold.js";
import type { DataMoments } from "../theory/apriori/worst-case-discretization.js";
import type { AprioriConfig } from "./config/apriori.js";
import type { ExperimentConfig } from "./config/schema.js";
import { plainBound } from "./describe-certification.js";
import { trainingSettings } from "./federations.js";
import { appendEvent } from "./files/log.js";
import { fileNames } from "./files/names.js";
import type { PreparedRun } from "./prepare.js";
import type { ExperimentResult } from "./result.js";

/** A probe as log.jsonl keeps it. */
export interface ProbeEvent extends RoundProbe {
  readonly event: "probe";
}

export interface AprioriOptions {
  readonly config: ExperimentConfig;
  readonly settings: AprioriConfig;
  readonly prepared: PreparedRun;
  /** Where the log is; undefined: nowhere. */
  readonly out: string | undefined;
  /** Probes of the rounds that an interrupted run had done. */
  readonly earlier: readonly ProbeEvent[];
  readonly signal: AbortSignal | undefined;
}

/** Measures the constants of the a-priori bound while a run trains. Deterministic but for the first quotient between probes after a resume. */
export class AprioriProbe {
  readonly #options: AprioriOptions;
  readonly #probe: TrainingProbe;
  readonly #probes: RoundProbe[];

  constructor(pool: WorkerPool, options: AprioriOptions) {
    const { config, settings, prepared, earlier } = options;
    const { network, points, clientRows } = prepared;
    const { probes, draws } = settings;
    const { schedule, seed } = config;
    const training = trainingSettings(config, prepared);
    this.#options = options;
    this.#probes = earlier.map(({ event: _, ...probe }) => probe);
    this.#probe = new TrainingProbe(pool, { network, schedule, training, seed, probes, draws, points, clientRows });
  }

  /** Measures where a round starts, every so many rounds. */
  async onRound(start: RoundStart): Promise<void> {
    const { settings, signal } = this.#options;
    if (start.round % settings.every !== 0) return;
    this.#keep(await this.#probe.measure(start, { signal }));
  }

  /**
   * Measures the end of training and assembles the bound.
   * @param mmse of the data law at the starts of the grid's steps, where it is known, squared data units; and where it is from.
   */
  async finish(
    federation: Federation,
    grid: TimeGrid,
    mmse: { readonly values: ArrayLike<number>; readonly how: string } | undefined,
  ): Promise<AprioriReport> {
    const { config, prepared, signal } = this.#options;
    this.#keep(await this.#probe.measureEnd(federation.round, federation.parameters, { signal }));
    const { localSteps, rounds } = config.training;
    const ledger = federation.coverage;
    const schedule = createSchedule(config.schedule);
    const measured = this.#probe.clients.length;
    const { clients, participation } = config.federation;
    const training = trainingSettings(config, prepared);
    return aprioriReport({
      probes: this.#probes,
      run: {
        learningRate: training.optimizer.learningRate,
        localSteps,
        rounds,
        participants: Math.max(1, Math.round(participation * clients)),
        coverageMin: ledger.runMinimum,
        pruningNoise: ledger.runPruningNoise,
        parameterNorm: ledger.meanParameterNorm,
        optimizer: optimizerOf(config),
        server: serverOf(config),
        neverCovered: ledger.neverCovered(),
        objective: `the mean of the training loss over ${measured === clients ? "all" : `${measured} of ${clients}`} clients, each on a fixed set of at least ${this.#options.settings.probes} probes`,
      },
      training,
      sampler: config.sampling.sampler,
      schedule,
      grid,
      moments: momentsOf(prepared.points, prepared.network.dimension),
      ...(mmse && { irreducible: { value: irreducibleLoss(schedule, grid, mmse.values), how: mmse.how } }),
    });
  }

  /** Makes the workers forget the probes. */
  close(): void {
    this.#probe.close();
  }

  #keep(probe: RoundProbe): void {
    const { out } = this.#options;
    this.#probes.push(probe);
    if (out !== undefined) appendEvent(join(out, fileNames.log), { event: "probe", ...probe });
  }
}

/** Plain data as result.json has it. */
export function plainApriori({
  bound,
  score,
  gradient,
  polyakLojasiewicz,
  irreducible,
  rates,
}: AprioriReport): NonNullable<ExperimentResult["apriori"]> {
  const { value, vacuous } = bound;
  return {
    value,
    ...(vacuous !== undefined && { vacuous }),
    bound: plainBound(bound),
    score: plainBound(score),
    gradient: { ...gradient, conditions: [...gradient.conditions], perProbe: [...gradient.perProbe] },
    polyakLojasiewicz: polyakLojasiewicz && Number.isFinite(polyakLojasiewicz.value) ? polyakLojasiewicz : null,
    irreducible,
    rates: { label: rates.label, kappa: rates.kappa, horizon: rates.horizon, steps: rates.steps, terms: rates.terms },
  };
}

function optimizerOf({ training: { optimizer, clipNorm } }: ExperimentConfig): string {
  return clipNorm === undefined ? optimizer.kind : `${optimizer.kind} with gradients clipped to ${clipNorm}`;
}

function serverOf({ federation: { server, weighting } }: ExperimentConfig): string {
  const rate = server.learningRate === 1 ? "" : ` with learning rate ${server.learningRate}`;
  const weights = weighting === "uniform" ? "" : " with weights by the number of rows";
  return `${server.kind}${rate}${weights}`;
}

/** Moments of the training rows, in the coordinates of the network. */
function momentsOf(points: Float32Array, dimension: number): DataMoments {
  const rows = points.length / dimension;
  const mean = new Float64Array(dimension);
  let secondMoment = 0;
  for (let i = 0; i < points.length; i++) {
    mean[i % dimension] += points[i] / rows;
    secondMoment += (points[i] * points[i]) / rows;
  }
  return { dimension, secondMoment, variance: secondMoment - mean.reduce((sum, value) => sum + value * value, 0) };
}
