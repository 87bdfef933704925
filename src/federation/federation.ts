import {
  FedscoreError,
  requireFunction,
  requireInteger,
  requireMethods,
  requireTyped,
  throwIfAborted,
} from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { initializeParameters } from "../network/initialize.js";
import { type LossMemory, lossesAfter, lossMemoryOf, noLosses, rootMeanLosses } from "../network/level-losses.js";
import { rowsOfStep } from "../network/privacy.js";
import { keysOf, requireOptions } from "../options.js";
import { maskFamilies } from "../pruning/families/index.js";
import { CoverageLedger } from "../pruning/ledger.js";
import type { Mask } from "../pruning/mask.js";
import { validateMask } from "../pruning/validate.js";
import { Aggregator } from "./aggregator.js";
import { assignMasks } from "./assign-masks.js";
import { poisonedData } from "./attacks/poisoned-data.js";
import { createAverage } from "./averages/index.js";
import { cutIntoBlocks, trainingFlops } from "./blocks.js";
import { carriedBy } from "./carried.js";
import { checkpointOf, type RunState, runFromCheckpoint } from "./checkpoint.js";
import { type LargestClient, requireClientMemory } from "./client-memory.js";
import { ClientMechanism } from "./client-privacy/mechanism.js";
import { packRows, rowCountsOf } from "./client-rows.js";
import { type ClientRule, createClientRule } from "./client-rules/index.js";
import { type Carried, statesAfter } from "./client-states.js";
import { collectParts, ofRound } from "./collect-parts.js";
import { type CollectedRound, type Collection, collectRound } from "./collect-round.js";
import { controlsAfter, meanControl, noControls, sentState } from "./controls.js";
import { type AskedRound, byClient, type RoundPart, type StartingPoint, virtualStart } from "./devices/asked-round.js";
import { virtualRules } from "./devices/checkpoint.js";
import { DeviceRounds } from "./devices/device-rounds.js";
import { createEncoding } from "./encodings/index.js";
import { federationDefaults } from "./federation-fields.js";
import { finiteReports, hasUpdate } from "./finite-reports.js";
import { KeptUpdates } from "./kept-updates.js";
import type { ClientAssignment, ClientReport, ClientState, TrainingSetup } from "./messages.js";
import { type NormalizedRound, normalizedRound, restoreSteps } from "./normalized-updates.js";
import { type CompleteOptions, completeOptions, type FederationOptions } from "./options.js";
import { RoundCounter } from "./round-count.js";
import type { RoundReport } from "./round-report.js";
import { isTooFew, requireUpdates, withTraffic } from "./round-updates.js";
import { digestOf, identityOf, type RunIdentity, requireSamePoints } from "./run-identity.js";
import { createServerOptimizer, isOwn } from "./server-optimizers/index.js";
import { type ServerRule, type ServerState, startState, stateAfter } from "./server-state.js";
import { type Downlink, mostBytesUp, openDownlink, received, wireBytesDown, wireBytesUp } from "./traffic.js";

/** How a run of a federation's rounds may be watched, stopped, saved and resumed; see `Federation.train`. */
export interface TrainOptions {
  /** Stops the run at once, in mid-round too; the federation stays at its last whole round. */
  readonly signal?: AbortSignal | undefined;
  /** `save` is given the run's bytes after each `every` rounds, after the last one, and when the run is aborted. */
  readonly checkpoint?:
    | {
        readonly every: number;
        /** Keeps the bytes. */
        readonly save: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
      }
    | undefined;
  /** Called, and waited for, before each round that is run: to measure where it starts. A round that fails is run again after a resume. */
  onRound?(start: RoundStart): Promise<void> | void;
  /** Bytes of a checkpoint of the same run, to go on from. */
  readonly resumeFrom?: Uint8Array | undefined;
}

const trainKeys = keysOf<TrainOptions>({ signal: true, checkpoint: true, onRound: true, resumeFrom: true });

/** Where a round starts. */
export interface RoundStart {
  readonly round: number;
  /** The server's parameters, float32 [P]: not to be changed, and valid until the round ends. */
  readonly parameters: Float32Array;
  /** Who takes part, with which mask, in ascending client id; where clients are protected all of them, each of whom may. */
  readonly assignments: readonly ClientAssignment[];
}

/** What the parts of a round have in common, and where they are summed. */
type CollectedPart = Pick<CollectedRound, "control" | "total" | "kept"> & {
  readonly normalized: NormalizedRound | undefined;
};

let runs = 0;

/**
 * The server of a federated run: selects clients, prunes for them, has them trained, averages, moves.
 * Its result is a function of the options without the transport, and of who answered: the same bytes for any workers and any order of arrival.
 */
export class Federation {
  readonly #engine: Engine;
  readonly #options: CompleteOptions;
  readonly #rule: ServerRule;
  readonly #identity: RunIdentity;
  readonly #setup: TrainingSetup;
  /** Of each client, counted where the run was made: the caller's arrays may have gone elsewhere since. */
  readonly #rowCounts: Float64Array;
  readonly #collection: Collection;
  readonly #counter: RoundCounter;
  readonly #aggregator: Aggregator;
  /** float64 [P]: sum of weight * update of a round, which the next one takes over. */
  readonly #total: Float64Array;
  /** Masks that are known to fit the network: families often assign the same again. */
  readonly #valid = new WeakSet<Mask>();
  readonly #downlink: Downlink;
  readonly #clientRule: ClientRule;
  /** What clients carry from round to round. */
  readonly #carried: readonly Carried[];
  /** What protects clients; undefined: they are not protected. */
  readonly #mechanism: ClientMechanism | undefined;
  /** How losses are kept, where noise levels are drawn by them. */
  readonly #losses: LossMemory | undefined;
  /** Whose time is virtual. undefined: that of the transport is real. */
  readonly #devices: DeviceRounds | undefined;
  #run: RunState;
  /** The state before the current one: its vectors are used again. */
  #retired: ServerState | undefined;
  #training = false;

  constructor(engine: Engine, given: FederationOptions) {
    requireEngine(engine);
    const options = completeOptions(given);
    const { seed, network, schedule, training, points, clients, clientRule, server, ema } = options;
    const { transport, encoding, nonFinite, deadline, aggregationGoal, privacy, participation } = options;
    this.#engine = engine;
    this.#options = options;
    this.#rule = {
      optimizer: createServerOptimizer("server", server),
      ema: ema === undefined ? undefined : createAverage(engine, ema),
    };
    requireClientMemory(engine, largestClient(options));
    this.#aggregator = new Aggregator(engine, options);
    const initial = options.initial?.slice() ?? initializeParameters(engine, network, seed);
    const held = points && { points, clientRows: packRows(clients) };
    this.#rowCounts = rowCountsOf(clients);
    this.#identity = identityOf(options, engine.variant, { initial, held, rowCounts: this.#rowCounts });
    const id = `${digestOf(this.#identity)}-${++runs}`;
    this.#setup = {
      id,
      seed,
      network,
      schedule,
      training,
      clientRule,
      ...(encoding.kind !== federationDefaults.encoding.kind && { encoding }),
      ...(held && poisonedData(this.#aggregator, network, held)),
    };
    this.#downlink = openDownlink(engine, options.downlink);
    this.#clientRule = createClientRule("clientRule", clientRule);
    this.#carried = carriedBy(options);
    this.#losses = lossMemoryOf(training.levels);
    this.#collection = { network, transport, nonFinite, deadline, aggregationGoal, losses: this.#losses };
    this.#counter = new RoundCounter(network);
    this.#total = new Float64Array(initial.length);
    const { devices } = options;
    this.#devices = devices && deviceRounds(engine, { ...options, devices }, this.#downlink);
    this.#mechanism = privacy && new ClientMechanism(engine, { privacy, clients: clients.length, participation, seed });
    const state = startState(initial, this.#rule);
    this.#run = {
      ...{ server: state, ledger: new CoverageLedger(network) },
      ...(this.#carried.length > 0 && { states: new Map() }),
      ...(this.#clientRule.controls && { controls: noControls(initial.length) }),
      ...(privacy && { clipNorm: privacy.clipNorm }),
      ...(this.#losses && { lossSums: noLosses(this.#losses) }),
      ...(devices && { virtual: virtualStart }),
    };
  }

  /** What it was created from, with all defaults: to sample, its network and its schedule are needed again. */
  get options(): CompleteOptions {
    return this.#options;
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

  /** The clients that attack, by the run's own wish (`attack`); ascending. */
  get attackers(): readonly number[] {
    return [...this.#aggregator.attackers];
  }

  /** Which parameters the rounds so far have covered. */
  get coverage(): CoverageLedger {
    return this.#run.ledger;
  }

  /** The whole run as bytes, as of its last whole round. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    return checkpointOf(this.#identity, this.#run, this.#carried);
  }

  /**
   * Takes the state in the bytes of a checkpoint of this run, of an earlier round or a later one.
   * @throws FedscoreError FEDSCORE_CHECKPOINT; FEDSCORE_UNSUPPORTED while it trains.
   */
  restore(bytes: Uint8Array): void {
    requireTyped("bytes", bytes, Uint8Array);
    if (this.#training) throw alreadyTraining();
    this.#run = this.#resumed(bytes);
  }

  /**
   * Runs the rounds that are left, one report each. May be left and called again: it goes on after the last whole round.
   * @throws FedscoreError FEDSCORE_NON_FINITE with round, client and step; FEDSCORE_TOO_FEW_UPDATES with round, wanted and got;
   * FEDSCORE_ABORTED; FEDSCORE_WORKER; FEDSCORE_CHECKPOINT; FEDSCORE_UNSUPPORTED while another call trains; ArgumentError where `points` are no
   * longer what they were.
   */
  async *train(options: TrainOptions = {}): AsyncGenerator<RoundReport, void, undefined> {
    const { signal, checkpoint, onRound, resumeFrom } = requireOptions("options", options, trainKeys);
    const { transport, rounds } = this.#options;
    if (checkpoint !== undefined) {
      requireOptions("checkpoint", checkpoint, ["every", "save"]);
      requireMethods("checkpoint", checkpoint, ["save"]);
      requireInteger("checkpoint.every", checkpoint.every, 1);
    }
    if (onRound !== undefined) requireFunction("onRound", onRound);
    if (resumeFrom !== undefined) requireTyped("resumeFrom", resumeFrom, Uint8Array);
    if (this.#training) throw alreadyTraining();
    requireSamePoints(this.#identity, this.#options.points);
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
        const report = await (this.#mechanism
          ? this.#runPrivateRound(this.#mechanism, signal, onRound)
          : this.#runRound(signal, onRound));
        if (checkpoint && (this.round % checkpoint.every === 0 || this.round === rounds)) await save();
        yield report;
      }
    } catch (error) {
      if (signal?.aborted || isTooFew(error)) await save();
      throw error;
    } finally {
      await transport.forget(this.#setup.id);
      this.#training = false;
    }
  }

  #resumed(bytes: Uint8Array): RunState {
    const { network, clients, rounds, server, privacy } = this.#options;
    const rule = this.#rule;
    const run = {
      ...{ network, rule, ownServer: isOwn(server), clients: clients.length, rounds },
      ...{ carried: this.#carried, weightOf: (client: number) => this.#weightOf(client) },
      ...{ losses: this.#losses, privacy, virtual: virtualRules(this.#options) },
    };
    return runFromCheckpoint(bytes, this.#identity, run);
  }

  async #runRound(signal: AbortSignal | undefined, onRound: TrainOptions["onRound"]): Promise<RoundReport> {
    throwIfAborted(signal);
    let begin = performance.now();
    const { server, ledger, states: before, controls, lossSums: known } = this.#run;
    const { round, parameters } = server;
    const { network, minimumUpdates, maskFamily } = this.#options;
    const control = controls && meanControl(controls);
    const { asked: assignments, parts, absent: without, virtual, next } = this.#ask(control);
    const paused = performance.now();
    await onRound?.({ round, parameters, assignments });
    begin += performance.now() - paused;
    const { needsUpdates, attackers, leastUpdates } = this.#aggregator;
    const normalized = normalizedRound(this.#engine, this.#clientRule, this.#setup.training, parts);
    const kept = needsUpdates ? new KeptUpdates(network, assignments, normalized) : undefined;
    const count = (of: readonly ClientAssignment[]) => this.#counter.count(round, of, parameters);
    const into = { control, normalized, kept };
    const collecting = collectParts(
      parts,
      (part, total) => this.#collect(part, { ...into, total }, signal),
      this.#total,
    );
    // After the blocks are on their way: this thread has nothing else to do while the clients train.
    const counting = Promise.resolve().then(() => count(assignments));
    await Promise.allSettled([collecting, counting]);
    const { total, reports, absent: unanswered, states, lossSums: met } = await collecting;
    const absent = without.length === 0 ? unanswered : [...unanswered, ...without].sort(byClient);
    const dropped = reports.filter((report) => !hasUpdate(report)).map(({ client }) => client);
    const leftOut = new Set([...dropped, ...absent.map(({ client }) => client)]);
    const averaged = leftOut.size === 0 ? assignments : assignments.filter(({ client }) => !leftOut.has(client));
    const wanted = Math.max(minimumUpdates, leastUpdates);
    requireUpdates(round, { wanted, got: averaged.length, dropped, absent });
    const assigned = await counting;
    const { weights, counted, bytes } = leftOut.size === 0 ? assigned : count(averaged);
    const carried = before && statesAfter(before, this.#carried, { round, reports, states });
    const aggregated = kept && this.#aggregator.aggregate(round, kept.updates);
    const moved = aggregated?.total ?? { sum: total, weights };
    if (normalized) restoreSteps(moved.sum, network, normalized, averaged, weights);
    const { state, norm } = stateAfter(server, this.#rule, moved, this.#retired);
    ledger.enter(counted);
    this.#retired = server;
    const lossSums = this.#losses && known && met && lossesAfter(this.#losses, known, met);
    const controlled = controls && before && carried && { network, assignments: averaged, before, after: carried };
    this.#run = {
      ...{ server: state, ledger },
      ...(carried && { states: carried }),
      ...(controlled && controlsAfter(controls, controlled)),
      ...(lossSums && { lossSums }),
      ...(next && { virtual: next }),
    };
    const sentVectors = controls ? 2 : 1;
    return {
      round,
      ...(this.#setup.training.privacy === undefined && { loss: meanLoss(reports) }),
      clients: reports,
      dropped,
      absent: withTraffic(network, assignments, absent),
      ...(aggregated?.shares && { shares: aggregated.shares }),
      ...(this.#aggregator.attack && {
        attackers: assignments.flatMap(({ client }) => (attackers.has(client) ? [client] : [])),
      }),
      coverage: counted.coverage,
      bytesDown: sentVectors * assigned.bytes,
      bytesUp: sentVectors * bytes,
      wireBytesDown: wireBytesDown(network, this.#downlink, maskFamily, assignments) + (controls ? assigned.bytes : 0),
      wireBytesUp: wireBytesUp(reports) + (controls ? bytes : 0),
      flops: reports.reduce((flops, report) => flops + report.flops, 0),
      updateNorm: norm,
      seconds: (performance.now() - begin) / 1000,
      ...(virtual && { virtual }),
    };
  }

  /**
   * Who is asked in the next round, and who of them trains.
   * @param control float32 [P]: the mean control variate, where the client rule has them.
   */
  #ask(control: Float32Array | undefined): AskedRound {
    const { server, virtual } = this.#run;
    if (this.#devices && virtual)
      return this.#devices.ask(virtual, server, (at, clients) => this.#assign(at, control, clients));
    const asked = this.#assign(server, control);
    const { round, parameters } = server;
    return { asked, parts: [{ round, parameters, assignments: asked }], absent: [] };
  }

  /** Has clients train that start from the same parameters. */
  #collect(
    part: RoundPart,
    { normalized, ...into }: CollectedPart,
    signal: AbortSignal | undefined,
  ): ReturnType<typeof collectRound> {
    const { network, nonFinite, regions } = this.#options;
    const { server, lossSums } = this.#run;
    const { round, parameters, assignments } = part;
    const { id: setup, training } = this.#setup;
    const blocks = cutIntoBlocks({
      setup,
      round,
      network,
      stepRows: rowsOfStep(training),
      assignments: normalized?.weighed(assignments) ?? assignments,
      regions,
      nonFinite,
      single: into.kept !== undefined,
    });
    const sent = received(this.#downlink, parameters, round);
    const levelLosses = lossSums && rootMeanLosses(lossSums);
    const task = { parameters: sent, blocks: ofRound(server.round, blocks), levelLosses, ...into };
    return collectRound(this.#collection, task, signal);
  }

  /**
   * A round in which clients are protected: noise comes to the sum of their clipped updates before anything else does, and all that is told of the round follows from the roster,
   * which is of all clients, or from what the noise has been added to.
   */
  async #runPrivateRound(
    mechanism: ClientMechanism,
    signal: AbortSignal | undefined,
    onRound: TrainOptions["onRound"],
  ): Promise<RoundReport> {
    throwIfAborted(signal);
    let begin = performance.now();
    const { server, ledger, clipNorm = Number.POSITIVE_INFINITY } = this.#run;
    const { round, parameters } = server;
    const { network, nonFinite, maskFamily, regions, participation, clients } = this.#options;
    const roster = this.#assign(server, undefined, Uint32Array.from(clients.keys()));
    const paused = performance.now();
    await onRound?.({ round, parameters, assignments: roster });
    begin += performance.now() - paused;
    const { id: setup, training, encoding } = this.#setup;
    const stepRows = rowsOfStep(training);
    const assignments = Array.from(mechanism.participants(round), (client) => roster[client]);
    const blocks =
      assignments.length === 0
        ? []
        : cutIntoBlocks({ setup, round, network, stepRows, assignments, regions, nonFinite, clipNorm });
    const total = this.#total;
    const sent = received(this.#downlink, parameters, round);
    const task = { parameters: sent, blocks, levelLosses: undefined, total, kept: undefined, control: undefined };
    const collected = blocks.length === 0 ? undefined : await collectRound(this.#collection, task, signal);
    if (!collected) total.fill(0);
    const { weights, counted, bytes } = this.#counter.count(round, roster, parameters);
    const clipped = { clipNorm, within: collected?.within ?? 0, participants: assignments.length };
    const next = mechanism.noise(round, total, weights, clipped);
    const expected = weights.map((each) => participation * each);
    const { state, norm } = stateAfter(server, this.#rule, { sum: total, weights: expected }, this.#retired);
    ledger.enter(counted);
    this.#retired = server;
    this.#run = { server: state, ledger, clipNorm: next };
    const ofExpected = (amount: number) => Math.round(participation * amount);
    const wireUp = createEncoding(this.#engine, encoding ?? federationDefaults.encoding);
    return {
      round,
      privacy: { clipNorm, expectedClients: mechanism.expected },
      ...{ clients: [], dropped: [], absent: [] },
      coverage: counted.coverage,
      bytesDown: ofExpected(bytes),
      bytesUp: ofExpected(bytes),
      wireBytesDown: ofExpected(wireBytesDown(network, this.#downlink, maskFamily, roster)),
      wireBytesUp: ofExpected(mostBytesUp(network, wireUp, roster)),
      flops: ofExpected(trainingFlops(network, stepRows, roster)),
      updateNorm: norm,
      seconds: (performance.now() - begin) / 1000,
    };
  }

  /** Clients that start from some parameters, with their masks, steps and weights; in ascending client id. */
  #assign(
    { round, parameters, update }: StartingPoint,
    control: Float32Array | undefined,
    ids?: ArrayLike<number>,
  ): ClientAssignment[] {
    const { network, clients, maskFamily, participation, seed, localSteps, capacityAssignment } = this.#options;
    const assigned = assignMasks(this.#engine, {
      ...{ spec: network, seed, round, clients, maskFamily, participation, capacityAssignment, parameters },
      ...(update && { update }),
      ids,
    });
    return assigned.map(({ client, mask }) => {
      const state = this.#stateOf(client, control);
      return {
        client,
        mask: this.#checked(mask, client),
        localSteps: clients[client].localSteps ?? localSteps,
        weight: this.#weightOf(client),
        ...(state && { state }),
      };
    });
  }

  /** Of a client's update in averages. */
  #weightOf(client: number): number {
    return this.#options.weighting === "samples" ? this.#rowCounts[client] : 1;
  }

  /** What a client is sent of what it carries. */
  #stateOf(client: number, control: Float32Array | undefined): ClientState | undefined {
    const { states, controls } = this.#run;
    const state = states?.get(client);
    return state && controls && control ? sentState(controls, control, client, state) : state;
  }

  /** Once for each mask: workers take it as it comes. @throws ArgumentError or ArgumentTypeError where the family assigned a wrong one. */
  #checked(mask: Mask, client: number): Mask {
    if (this.#valid.has(mask)) return mask;
    validateMask(`maskFamily.assign: mask of client ${client}`, this.#options.network, mask);
    this.#valid.add(mask);
    return mask;
  }
}

/** @throws ArgumentError or ArgumentTypeError naming the option that is out of range. */
export function createFederation(engine: Engine, options: FederationOptions): Federation {
  return new Federation(engine, options);
}

function alreadyTraining(): FedscoreError {
  return new FedscoreError("FEDSCORE_UNSUPPORTED", "this federation is already training");
}

function deviceRounds(
  engine: Engine,
  options: CompleteOptions & Required<Pick<CompleteOptions, "devices">>,
  downlink: Downlink,
): DeviceRounds {
  const { clients, training } = options;
  return new DeviceRounds(engine, { ...options, clients: clients.length, stepRows: rowsOfStep(training), downlink });
}

function largestClient({ network, training, clients, maskFamily }: CompleteOptions): LargestClient {
  const rowCounts = rowCountsOf(clients);
  const largest = rowCounts.indexOf(rowCounts.reduce((most, rows) => Math.max(most, rows)));
  const isKnown = Object.values(maskFamilies).some((family) => family === maskFamily);
  const whole = isKnown && clients.some(({ keepRatio }) => keepRatio === 1);
  const key = clients[largest].rows ? "rows" : "rowCount";
  return { network, training, whole, rows: rowCounts[largest], rowsArgument: `clients[${largest}].${key}` };
}

function meanLoss(reports: readonly ClientReport[]): number {
  const kept = finiteReports(reports);
  return kept.reduce((sum, { loss }) => sum + loss, 0) / kept.length;
}
