import { FedscoreError, requireTyped, throwIfAborted } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { initializeParameters } from "../network/initialize.js";
import { type LossMemory, lossesAfter, lossMemoryOf, rootMeanLosses } from "../network/level-losses.js";
import { rowsOfStep } from "../network/privacy.js";
import type { CoverageLedger } from "../pruning/ledger.js";
import { Aggregator } from "./aggregator.js";
import { poisonedData } from "./attacks/poisoned-data.js";
import { createAverage } from "./averages/index.js";
import { cutIntoBlocks } from "./blocks.js";
import { carriedBy } from "./carried.js";
import { checkpointOf, type RunState, runFromCheckpoint } from "./checkpoint.js";
import { largestClientOf, requireClientMemory } from "./client-memory.js";
import { ClientMechanism } from "./client-privacy/mechanism.js";
import { privateReport } from "./client-privacy/private-report.js";
import { packRows, rowCountsOf } from "./client-rows.js";
import { type ClientRule, createClientRule } from "./client-rules/index.js";
import { type Carried, statesAfter } from "./client-states.js";
import { collectParts, ofRound } from "./collect-parts.js";
import { type CollectedRound, type Collection, collectRound } from "./collect-round.js";
import { controlsAfter, meanControl } from "./controls.js";
import { type AskedRound, byClient, type RoundPart } from "./devices/asked-round.js";
import { virtualRules } from "./devices/checkpoint.js";
import { type DeviceRounds, openDeviceRounds } from "./devices/device-rounds.js";
import { federationDefaults } from "./federation-fields.js";
import { hasUpdate } from "./finite-reports.js";
import { firstRun } from "./first-run.js";
import { KeptUpdates } from "./kept-updates.js";
import type { ClientAssignment, TrainingSetup } from "./messages.js";
import { type NormalizedRound, normalizedRound, restoreSteps } from "./normalized-updates.js";
import { type CompleteOptions, completeOptions, type FederationOptions } from "./options.js";
import { plainReport } from "./plain-report.js";
import { RoundAssigner } from "./round-assigner.js";
import { RoundCounter } from "./round-count.js";
import type { RoundReport } from "./round-report.js";
import { isTooFew, requireUpdates } from "./round-updates.js";
import { digestOf, identityOf, type RunIdentity, requireSamePoints } from "./run-identity.js";
import { createServerOptimizer, isOwn } from "./server-optimizers/index.js";
import { type ServerRule, type ServerState, stateAfter } from "./server-state.js";
import { type Downlink, openDownlink, received } from "./traffic.js";
import { requireTrainOptions, type TrainOptions } from "./train-options.js";

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
  readonly #assigner: RoundAssigner;
  readonly #collection: Collection;
  readonly #counter: RoundCounter;
  readonly #aggregator: Aggregator;
  /** float64 [P]: sum of weight * update of a round, which the next one takes over. */
  readonly #total: Float64Array;
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
    requireClientMemory(engine, largestClientOf(options));
    this.#aggregator = new Aggregator(engine, options);
    const initial = options.initial?.slice() ?? initializeParameters(engine, network, seed);
    const held = points && { points, clientRows: packRows(clients) };
    // Counted where the run is made: the caller's arrays may have gone elsewhere since.
    const rowCounts = rowCountsOf(clients);
    this.#assigner = new RoundAssigner(engine, options, rowCounts);
    this.#identity = identityOf(options, engine.variant, { initial, held, rowCounts });
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
    const known = { downlink: this.#downlink, leastUpdates: this.#aggregator.leastUpdates };
    this.#devices = devices && openDeviceRounds(engine, { ...options, devices }, known);
    this.#mechanism = privacy && new ClientMechanism(engine, { privacy, clients: clients.length, participation, seed });
    const carrying = { rule: this.#rule, carried: this.#carried, losses: this.#losses };
    this.#run = firstRun(options, carrying, initial);
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
    const { signal, checkpoint, onRound, resumeFrom } = requireTrainOptions(options);
    const { transport, rounds } = this.#options;
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
      ...{ carried: this.#carried, weightOf: (client: number) => this.#assigner.weightOf(client) },
      ...{ losses: this.#losses, privacy, virtual: virtualRules(this.#options) },
    };
    return runFromCheckpoint(bytes, this.#identity, run);
  }

  async #runRound(signal: AbortSignal | undefined, onRound: TrainOptions["onRound"]): Promise<RoundReport> {
    throwIfAborted(signal);
    let begin = performance.now();
    const { server, ledger, states: before, controls, lossSums: known } = this.#run;
    const { round, parameters } = server;
    const { network, maskFamily } = this.#options;
    const control = controls && meanControl(controls);
    const { asked: assignments, parts, absent: without, virtual, next } = this.#ask(control);
    const paused = performance.now();
    await onRound?.({ round, parameters, assignments });
    begin += performance.now() - paused;
    const { needsUpdates, attack, attackers, leastUpdates } = this.#aggregator;
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
    requireUpdates(round, { wanted: leastUpdates, got: averaged.length, dropped, absent });
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
    const told = plainReport({
      ...{ round, network, maskFamily, downlink: this.#downlink, assignments, reports, dropped, absent },
      ...{ shares: aggregated?.shares, attackers: attack && attackers, coverage: counted.coverage },
      ...{ controls: controls !== undefined, bytes: { down: assigned.bytes, up: bytes } },
      hidesLosses: this.#setup.training.privacy !== undefined,
    });
    return {
      ...told,
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
    const sent = { ...this.#run, control };
    if (this.#devices && virtual)
      return this.#devices.ask(virtual, server, (at, clients) => this.#assigner.assign(at, sent, clients));
    const asked = this.#assigner.assign(server, sent);
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
    const { network, nonFinite, maskFamily, regions, participation } = this.#options;
    const { roster, virtual, next } = this.#roster();
    const paused = performance.now();
    await onRound?.({ round, parameters, assignments: roster });
    begin += performance.now() - paused;
    const { id: setup, training, encoding } = this.#setup;
    const stepRows = rowsOfStep(training);
    const participants = new Set(mechanism.participants(round));
    const drawn = roster.filter(({ client }) => participants.has(client));
    const everyone = { round, parameters, assignments: roster };
    const normalized = normalizedRound(this.#engine, this.#clientRule, training, [everyone], true);
    const assignments = normalized?.weighed(drawn) ?? drawn;
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
    // Who gives nothing is as if nobody had asked: neither the sum nor the count has it, and the noise stays.
    const came = assignments.length - (collected?.absent.length ?? 0);
    const expectedClients = roster.length * participation;
    const clipped = { clipNorm, within: collected?.within ?? 0, participants: came, expected: expectedClients };
    const nextClipNorm = mechanism.noise(round, total, weights, clipped);
    if (normalized) restoreSteps(total, network, normalized, roster, weights);
    const expected = weights.map((each) => participation * each);
    const { state, norm } = stateAfter(server, this.#rule, { sum: total, weights: expected }, this.#retired);
    ledger.enter(counted);
    this.#retired = server;
    this.#run = { server: state, ledger, clipNorm: nextClipNorm, ...(next && { virtual: next }) };
    const report = privateReport(this.#engine, {
      ...{ round, network, encoding, maskFamily, participation, roster, stepRows, bytes, clipNorm },
      ...{ downlink: this.#downlink, expectedClients, coverage: counted.coverage },
    });
    return {
      ...report,
      updateNorm: norm,
      seconds: (performance.now() - begin) / 1000,
      ...(virtual && { virtual }),
    };
  }

  /** All clients of whom one may take part in a private round: those whose devices would be in time, which follows from profiles and seed alone. */
  #roster(): Pick<AskedRound, "virtual" | "next"> & { readonly roster: readonly ClientAssignment[] } {
    const { server, virtual } = this.#run;
    const sent = { control: undefined };
    if (!this.#devices || !virtual)
      return { roster: this.#assigner.assign(server, sent, Uint32Array.from(this.#options.clients.keys())) };
    const { parts, ...asked } = this.#devices.ask(virtual, server, (at, ids) => this.#assigner.assign(at, sent, ids));
    return { ...asked, roster: parts.flatMap(({ assignments }) => assignments) };
  }
}

/** @throws ArgumentError or ArgumentTypeError naming the option that is out of range. */
export function createFederation(engine: Engine, options: FederationOptions): Federation {
  return new Federation(engine, options);
}

function alreadyTraining(): FedscoreError {
  return new FedscoreError("FEDSCORE_UNSUPPORTED", "this federation is already training");
}
