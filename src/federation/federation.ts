import { FedscoreError, requireInteger, throwIfAborted } from "../errors.js";
import type { Engine } from "../kernels/instance.js";
import { initializeParameters } from "../network/initialize.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { addCoverage } from "../pruning/average.js";
import { groupMasks } from "../pruning/group.js";
import { CoverageLedger } from "../pruning/ledger.js";
import { keptParameters, oncePerMask } from "../pruning/submodel.js";
import { cutIntoBlocks, longestFirst } from "./blocks.js";
import { checkpointOf, type RunState, runFromCheckpoint } from "./checkpoint.js";
import { checkpointError } from "./checkpoint-format.js";
import type { BlockTask, ClientAssignment, ClientReport, TrainingSetup } from "./messages.js";
import { type FederationOptions, validateOptions } from "./options.js";
import { selectParticipants } from "./participation.js";
import type { RoundReport } from "./round-report.js";
import { RoundSum } from "./round-sum.js";
import { digestOf, identityOf, type RunIdentity } from "./run-identity.js";
import { createServerOptimizer } from "./server-optimizers/index.js";
import { type ServerRule, startState, stateAfter } from "./server-state.js";

export interface TrainOptions {
  /** Stops the run at once, in mid-round too; the federation stays at its last whole round. */
  readonly signal?: AbortSignal;
  /** `save` is given the run's bytes after each `every` rounds, after the last one, and when the run is aborted. */
  readonly checkpoint?: { readonly every: number; save(bytes: Uint8Array<ArrayBuffer>): Promise<void> };
  /** Called, and waited for, before each round that is run: to measure where it starts. A round that fails is run again after a resume. */
  onRound?(start: RoundStart): Promise<void> | void;
  /** Bytes of a checkpoint of the same run, to go on from. */
  readonly resumeFrom?: Uint8Array;
}

/** Where a round starts. */
export interface RoundStart {
  readonly round: number;
  /** The server's parameters, float32 [P]: not to be changed. */
  readonly parameters: Float32Array;
  /** Who takes part, with which mask, in ascending client id. */
  readonly assignments: readonly ClientAssignment[];
}

let runs = 0;

/**
 * The server of a federated run: selects clients, prunes for them, has them trained, averages, moves.
 * Its result is a function of the options without the transport: the same bytes for any workers and any order of arrival.
 */
export class Federation {
  readonly #engine: Engine;
  readonly #options: FederationOptions;
  readonly #rule: ServerRule;
  readonly #identity: RunIdentity;
  readonly #setup: TrainingSetup;
  #run: RunState;
  #training = false;

  constructor(engine: Engine, options: FederationOptions) {
    validateOptions(options);
    const { seed, network, schedule, training, points, clients, server, ema } = options;
    this.#engine = engine;
    this.#options = options;
    this.#rule = { optimizer: createServerOptimizer("server", server), ema };
    const initial = options.initial?.slice() ?? initializeParameters(engine, network, seed);
    this.#identity = identityOf(options, engine.variant, initial);
    const id = `${digestOf(this.#identity)}-${++runs}`;
    this.#setup = { id, seed, network, schedule, training, points, clientRows: clients.map(({ rows }) => rows) };
    this.#run = { server: startState(initial, this.#rule), ledger: new CoverageLedger(network) };
  }

  /** Rounds done. */
  get round(): number {
    return this.#run.server.round;
  }

  /** The server's parameters, float32 [P]: a copy. */
  get parameters(): Float32Array {
    return this.#run.server.parameters.slice();
  }

  /** The parameters to sample with, float32 [P]: the moving average where there is one, else the server's. A copy. */
  get samplingParameters(): Float32Array {
    const { average } = this.#run.server;
    return average && average.weight > 0 ? new Float32Array(average.values) : this.parameters;
  }

  /** Which parameters the rounds so far have covered. */
  get coverage(): CoverageLedger {
    return this.#run.ledger;
  }

  /** The whole run as bytes, as of its last whole round. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    return checkpointOf(this.#identity, this.#run);
  }

  /**
   * Runs the rounds that are left, one report each. May be left and called again: it goes on after the last whole round.
   * @throws FedscoreError FEDSCORE_NON_FINITE with round, client and step; FEDSCORE_ABORTED; FEDSCORE_WORKER; FEDSCORE_CHECKPOINT.
   */
  async *train(options: TrainOptions = {}): AsyncGenerator<RoundReport, void, undefined> {
    const { signal, checkpoint, onRound, resumeFrom } = options;
    const { transport, rounds } = this.#options;
    if (checkpoint) requireInteger("checkpoint.every", checkpoint.every, 1);
    if (this.#training) throw new FedscoreError("FEDSCORE_INVALID_ARGUMENT", "this federation is already training");
    if (resumeFrom) this.#run = this.#resumed(resumeFrom);
    this.#training = true;
    let saved = this.round;
    const save = async () => {
      if (saved === this.round) return;
      await checkpoint?.save(this.checkpoint());
      saved = this.round;
    };
    try {
      await transport.open(this.#setup, signal);
      while (this.round < rounds) {
        const report = await this.#runRound(signal, onRound);
        if (checkpoint && (this.round % checkpoint.every === 0 || this.round === rounds)) await save();
        yield report;
      }
    } catch (error) {
      if (signal?.aborted) await save();
      throw error;
    } finally {
      await transport.forget(this.#setup.id);
      this.#training = false;
    }
  }

  #resumed(bytes: Uint8Array): RunState {
    const run = runFromCheckpoint(bytes, this.#identity, this.#options.network);
    const { round } = run.server;
    const { rounds } = this.#options;
    if (round > rounds) throw checkpointError(`it is of round ${round}, this run has ${rounds}`, { round, rounds });
    return run;
  }

  async #runRound(signal: AbortSignal | undefined, onRound: TrainOptions["onRound"]): Promise<RoundReport> {
    throwIfAborted(signal);
    let begin = performance.now();
    const { server, ledger } = this.#run;
    const { round, parameters } = server;
    const { network, nonFinite } = this.#options;
    const assignments = this.#assign();
    const assigned = performance.now();
    await onRound?.({ round, parameters, assignments });
    begin += performance.now() - assigned;
    const tasks = cutIntoBlocks({ setup: this.#setup.id, round, parameters, assignments, nonFinite });
    const { total, reports } = await this.#collect(tasks, signal);
    const dropped = reports.filter(isDropped).map(({ client }) => client);
    const averaged = assignments.filter(({ client }) => !dropped.includes(client));
    if (averaged.length === 0) {
      throw new FedscoreError("FEDSCORE_NON_FINITE", `round ${round}: no client's update was finite`, {
        round,
        clients: dropped,
      });
    }
    const masks = averaged.map(({ mask }) => mask);
    const moved = stateAfter(server, this.#rule, { sum: total, weights: weightsOf(network, averaged) });
    const coverage = ledger.record(round, masks, parameters);
    this.#run = { server: moved, ledger };
    return {
      round,
      loss: meanLoss(reports),
      clients: reports,
      dropped,
      coverage,
      bytesDown: bytesOf(network, assignments),
      bytesUp: bytesOf(network, averaged),
      flops: reports.reduce((flops, report) => flops + report.flops, 0),
      updateNorm: distance(moved.parameters, parameters),
      seconds: (performance.now() - begin) / 1000,
    };
  }

  /** Who takes part in the next round, with which mask, steps and weight; in ascending client id. */
  #assign(): ClientAssignment[] {
    const { network, clients, maskFamily, participation, seed, localSteps, weighting, capacityAssignment } =
      this.#options;
    const { round, parameters, update } = this.#run.server;
    const ids = selectParticipants(this.#engine, clients.length, participation, seed, round);
    const shift = capacityAssignment === "dynamic" ? round : 0;
    const participants = Array.from(ids, (id) => ({ id, keepRatio: clients[(id + shift) % clients.length].keepRatio }));
    const masks = maskFamily.assign({
      engine: this.#engine,
      spec: network,
      seed,
      round,
      clients: participants,
      parameters,
      ...(update && { update }),
    });
    return participants.map(({ id }, index) => ({
      client: id,
      mask: masks[index],
      localSteps: clients[id].localSteps ?? localSteps,
      weight: weighting === "samples" ? clients[id].rows.length : 1,
    }));
  }

  async #collect(tasks: readonly BlockTask[], signal: AbortSignal | undefined): Promise<RoundSum> {
    const { network, transport, nonFinite } = this.#options;
    const sum = new RoundSum(tasks, this.#run.server.parameters.length);
    for await (const update of transport.run(longestFirst(network, tasks), signal)) {
      sum.add(update);
      if (nonFinite === "stop") for (const report of update.reports) requireFinite(update.round, report);
      if (sum.complete) break;
    }
    throwIfAborted(signal);
    if (!sum.complete)
      throw new FedscoreError("FEDSCORE_WORKER", `${transport.name} ended without an update for each task`);
    return sum;
  }
}

/** @throws ArgumentError or ArgumentTypeError naming the option that is out of range. */
export function createFederation(engine: Engine, options: FederationOptions): Federation {
  return new Federation(engine, options);
}

/** float64 [P]: sum of the weights of the clients that keep each parameter. */
function weightsOf(network: NetworkSpec, assignments: readonly ClientAssignment[]): Float64Array {
  const weights = new Float64Array(layoutOf(network).size);
  const groups = groupMasks(
    assignments.map(({ mask }) => mask),
    assignments.map(({ weight }) => weight),
  );
  for (const { mask, weight } of groups) addCoverage(network, mask, weight, weights);
  return weights;
}

/** 4 bytes for each parameter that each client keeps. */
function bytesOf(network: NetworkSpec, assignments: readonly ClientAssignment[]): number {
  const parameters = oncePerMask((mask) => keptParameters(network, mask));
  return assignments.reduce((bytes, { mask }) => bytes + 4 * parameters(mask), 0);
}

function isDropped({ nonFiniteStep }: ClientReport): boolean {
  return nonFiniteStep !== undefined;
}

function requireFinite(round: number, { client, nonFiniteStep }: ClientReport): void {
  if (nonFiniteStep === undefined) return;
  const message = `round ${round}: client ${client} lost its loss or parameters to NaN or Infinity in local step ${nonFiniteStep}`;
  throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round, client, step: nonFiniteStep });
}

function meanLoss(reports: readonly ClientReport[]): number {
  const kept = reports.filter((report) => !isDropped(report));
  return kept.reduce((sum, { loss }) => sum + loss, 0) / kept.length;
}

function distance(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) * (a[i] - b[i]);
  return Math.sqrt(squares);
}
