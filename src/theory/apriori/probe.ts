import { gatherRows, requireRows, rowsIn } from "../../data/rows.js";
import { schedules } from "../../diffusion/schedules/index.js";
import {
  ArgumentError,
  requireArray,
  requireFloats,
  requireInteger,
  requireLength,
  requireObject,
  requireTyped,
} from "../../errors.js";
import { complete } from "../../family.js";
import { type ClientRuleSpec, clientRules } from "../../federation/client-rules/index.js";
import type { ClientAssignment } from "../../federation/messages.js";
import type { RoundStart } from "../../federation/train-options.js";
import { importance } from "../../network/level-distributions/importance.js";
import { optimizers } from "../../network/optimizers/index.js";
import { layoutOf, type NetworkSpec, requireNetwork } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";
import { completeLevels, requireTraining } from "../../network/training-fields.js";
import { coverageOf } from "../../pruning/average.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import { groupMasks } from "../../pruning/group.js";
import { inOrder } from "../../workers/concurrent.js";
import { type Held, hold } from "../../workers/task.js";
import { type CallOptions, requirePool, type WorkerPool } from "../../workers/worker-pool.js";
import { assignedRange } from "./assigned-range.js";
import { coverageSpread } from "./coverage-spread.js";
import { type ClientMeasurement, leastDistance, mostGradients } from "./measure-client.js";
import type { NetworkObjective } from "./network-oracle.js";
import { type ProbeCall, type ProbeSetup, probeClient } from "./probe-task.js";
import { RoundFold, type RoundProbe } from "./round-fold.js";
import { localOptimizerOf } from "./run-kind.js";

/** Most clients that are measured; of more, a fixed evenly spread choice. */
export const mostProbedClients = 64;

/** What a probe measures on, and how closely. */
export interface ProbeOptions extends NetworkObjective {
  /** float32 [rows, dimension] of all clients. */
  readonly points: Float32Array;
  /** clientRows[n]: rows of client n. */
  readonly clientRows: readonly Uint32Array[];
  /** That of the federation: local steps are measured where they are those of plain SGD. Default: { kind: "plain" }. */
  readonly clientRule?: ClientRuleSpec;
  /** Stochastic gradients that variance and second moment average over. Default 8. */
  readonly draws?: number | undefined;
  /** Default 6. */
  readonly powerIterations?: number | undefined;
  /** `last` of a probe that measured the rounds before: the first quotient goes on from there. */
  readonly before?: ProbedPoint | undefined;
}

/** Where F was measured last: the next quotient of consecutive gradients is taken from here. */
export interface ProbedPoint {
  /** float32 [P]. */
  readonly parameters: Float32Array;
  /** grad F there, float64 [P]. */
  readonly gradient: Float64Array;
}

/**
 * Measures the constants of the a-priori bound along a federated run, in the workers of a pool: call `measure` where a round starts and
 * `measureEnd` after the last. The same numbers for any number of workers.
 */
export class TrainingProbe {
  readonly #pool: WorkerPool;
  readonly #setup: ProbeSetup;
  /** The learning rate of plain SGD; undefined where local steps are others, which are not measured. */
  readonly #plainRate: number | undefined;
  readonly #probe: Held<ProbeCall, ClientMeasurement>;
  #last: ProbedPoint | undefined;

  /** @throws ArgumentError or ArgumentTypeError naming the option that is out of range or of another kind. */
  constructor(pool: WorkerPool, options: ProbeOptions) {
    requirePool(pool);
    const {
      points,
      clientRows,
      clientRule = { kind: "plain" },
      draws = 8,
      powerIterations = 6,
      before,
      ...objective
    } = requireObject("options", options);
    requireInteger("draws", draws, 2, mostGradients);
    requireInteger("powerIterations", powerIterations, 1, mostGradients);
    requireObjective(objective);
    const { network, training } = objective;
    const { dimension } = network;
    requireRows("points", points, dimension);
    requireClientRows(clientRows, rowsIn(points, dimension));
    complete(clientRules, "clientRule", clientRule);
    const { learningRate } = complete(optimizers, "training.optimizer", training.optimizer);
    this.#pool = pool;
    this.#last = before && pointOf(before, layoutOf(network).size);
    this.#plainRate = localOptimizerOf(training, clientRule) === "sgd" ? learningRate : undefined;
    this.#setup = {
      ...objective,
      draws,
      powerIterations,
      clients: probedClients(clientRows.length).map((id) => ({
        id,
        points: gatherRows(points, dimension, clientRows[id]),
      })),
    };
    this.#probe = hold(pool, probeClient, this.#setup);
  }

  /** Ids of the clients that are measured: F is their mean. */
  get clients(): readonly number[] {
    return this.#setup.clients.map(({ id }) => id);
  }

  /** Where was measured last; undefined before the first time. Not to be changed. */
  get last(): ProbedPoint | undefined {
    return this.#last;
  }

  /** Measures the start of a round. */
  measure({ round, parameters, assignments }: RoundStart, options: CallOptions = {}): Promise<RoundProbe> {
    return this.#measure(round, parameters, assignments, options);
  }

  /** Measures the parameters after the last round. */
  measureEnd(round: number, parameters: Float32Array, options: CallOptions = {}): Promise<RoundProbe> {
    return this.#measure(round, parameters, null, options);
  }

  /** Makes the workers forget the probes. */
  close(): void {
    this.#probe.close();
  }

  async #measure(
    round: number,
    parameters: Float32Array,
    assignments: readonly ClientAssignment[] | null,
    options: CallOptions,
  ): Promise<RoundProbe> {
    const { network } = this.#setup;
    const fold = this.#foldOf(assignments);
    const learningRate = this.#plainRate ?? 0;
    const measurementOf = async (client: number) => {
      const assignment = assignments?.find((candidate) => candidate.client === client);
      const mask = assignment?.mask ?? null;
      const localSteps = this.#plainRate === undefined ? 0 : (assignment?.localSteps ?? 0);
      const answer = this.#probe.call({ client, round, parameters, mask, localSteps, learningRate }, options);
      return { keep: mask && compileMask(network, mask).keep, measurement: await answer };
    };
    for await (const { keep, measurement } of inOrder(this.clients, this.#pool.size + 1, measurementOf)) {
      fold.add(measurement, keep);
    }
    const { gradient } = fold;
    const consecutive = this.#last ? quotient(this.#last, { parameters, gradient }) : null;
    this.#last = { parameters: parameters.slice(), gradient };
    const probe = fold.finish(round, parameters, consecutive);
    return assignments ? { ...probe, assigned: assignedRange(assignments) } : probe;
  }

  /** Of a round whose clients include one that is measured: of others nothing is known of what needs their masks. */
  #foldOf(assignments: readonly ClientAssignment[] | null): RoundFold {
    const { network, clients } = this.#setup;
    const { size } = layoutOf(network);
    if (!assignments?.some(({ client }) => clients.some(({ id }) => id === client))) return new RoundFold(size, null);
    const groups = groupMasks(assignments.map(({ mask }) => mask));
    const coverage = coverageOf(network, groups);
    return new RoundFold(size, coverage, coverageSpread(network, groups, coverage));
  }
}

/** Points train with and without their class: no bound is known for the mean of two losses. */
function requireOneLoss({ classes }: NetworkSpec): void {
  if (classes === undefined) return;
  const rule = "must be left out where gradients are measured: the loss would be that of two networks";
  throw new ArgumentError("network.classes", rule, classes);
}

/** Such draws change from round to round with what training met, which a probe does not see. */
function requireKnownDraws({ distribution }: TrainingSettings["levels"]): void {
  if (distribution?.kind !== importance.kind) return;
  const rule = `must not be ${importance.kind} where gradients are measured: a round's draws follow from the losses of those before`;
  throw new ArgumentError("training.levels.distribution.kind", rule, distribution.kind);
}

function requireObjective({ network, schedule, training, seed, probes }: NetworkObjective): void {
  requireOneLoss(requireNetwork("network", network));
  complete(schedules, "schedule", schedule);
  requireTraining("training", training);
  completeLevels("training.levels", training.levels);
  requireKnownDraws(training.levels);
  requireInteger("seed", seed, 0);
  requireInteger("probes", probes, 1);
}

function requireClientRows(clientRows: readonly Uint32Array[], count: number): void {
  requireArray("clientRows", clientRows);
  if (clientRows.length === 0) throw new ArgumentError("clientRows", "must have at least 1 client", clientRows);
  for (const [client, rows] of clientRows.entries()) {
    const argument = `clientRows[${client}]`;
    requireTyped(argument, rows, Uint32Array);
    if (rows.length === 0) throw new ArgumentError(argument, "must hold at least 1 row", 0);
    const wrong = rows.findIndex((row) => row >= count);
    if (wrong >= 0)
      throw new ArgumentError(`${argument}[${wrong}]`, `must be below the ${count} rows of points`, rows[wrong]);
  }
}

function probedClients(clients: number): number[] {
  const count = Math.min(clients, mostProbedClients);
  return Array.from({ length: count }, (_, k) => Math.floor((k * clients) / count));
}

function pointOf(before: ProbedPoint, size: number): ProbedPoint {
  const { parameters, gradient } = requireObject("before", before);
  requireFloats("before.parameters", parameters, size);
  requireTyped("before.gradient", gradient, Float64Array);
  requireLength("before.gradient", gradient, size);
  return { parameters, gradient };
}

function quotient(a: ProbedPoint, b: ProbedPoint): number | null {
  let [change, length, norm] = [0, 0, 0];
  for (let i = 0; i < a.gradient.length; i++) {
    change += (a.gradient[i] - b.gradient[i]) ** 2;
    length += (a.parameters[i] - b.parameters[i]) ** 2;
    norm += b.parameters[i] ** 2;
  }
  return length > leastDistance * leastDistance * norm ? Math.sqrt(change / length) : null;
}
