import { firstNonFinite } from "../data/finite.js";
import { ArgumentError, FedscoreError, requireArray, requireNumber } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { layoutOf } from "../network/spec.js";
import type { Aggregation, SingleUpdate } from "./aggregations/aggregation.js";
import { aggregationName, createAggregation } from "./aggregations/index.js";
import { attackersOf } from "./attacks/attackers.js";
import { type Attack, createAttack } from "./attacks/index.js";
import type { CompleteOptions } from "./options.js";
import { participantCount } from "./participation.js";
import type { ClientShare } from "./round-report.js";
import type { RoundTotal } from "./server-state.js";

/** Most that single updates of a round may take, as if each client kept the whole network. */
export const mostUpdateBytes = 2 ** 31;

/** Largest number of float32. */
const largest = (2 - 2 ** -23) * 2 ** 127;

/** What a rule has made of single updates. */
export interface Aggregated {
  readonly total: RoundTotal;
  /** Absent where the rule leaves nothing out. */
  readonly shares?: readonly ClientShare[];
}

/** What the options of a federation say of how its updates become one. */
type AggregatorOptions = Pick<
  CompleteOptions,
  | "aggregation"
  | "attack"
  | "clients"
  | "minimumUpdates"
  | "network"
  | "participation"
  | "regions"
  | "seed"
  | "weighting"
  | "aggregationGoal"
  | "asynchronous"
>;

/** How the updates of a round become one: the rule, and what attackers do to them before. */
export class Aggregator {
  /** Who attacks, by the run's own wish; ascending. */
  readonly attackers: ReadonlySet<number>;
  /** undefined: nobody attacks. */
  readonly attack: Attack | undefined;
  /** Whether each update is needed by itself: blocks then have one client each. */
  readonly needsUpdates: boolean;
  /** Fewest updates that a round counts with: those that the options want, and for which the rule is defined. */
  readonly leastUpdates: number;
  readonly #rule: Aggregation;
  readonly #name: string;
  readonly #seed: number;
  readonly #size: number;

  /** @throws ArgumentError or ArgumentTypeError naming what of the options does not go with the rule. */
  constructor(engine: Engine, options: AggregatorOptions) {
    const { aggregation, attack, clients, network, seed } = options;
    this.#rule = createAggregation("aggregation", aggregation);
    this.#name = aggregationName(aggregation);
    this.#seed = seed;
    this.#size = layoutOf(network).size;
    this.attack = attack && createAttack(engine, "attack", attack);
    this.attackers = new Set(attack ? attackersOf(engine, attack, clients.length, seed) : []);
    this.needsUpdates = this.#rule.needsUpdates || this.attack?.on === "updates";
    requireRule(this.#rule, this.#name, options);
    this.leastUpdates = Math.max(options.minimumUpdates, this.#rule.leastUpdates);
    if (this.needsUpdates) requireSingle(this.#rule.needsUpdates ? "aggregation" : "attack", this.#size, options);
  }

  /**
   * What the server moves by, of the updates that arrived.
   * @throws FedscoreError FEDSCORE_NON_FINITE where the rule, which may be the caller's own, gives NaN or Infinity.
   */
  aggregate(round: number, arrived: readonly SingleUpdate[]): Aggregated {
    const updates = this.#corrupted(round, arrived);
    const into = { update: new Float64Array(this.#size), weights: new Float64Array(this.#size) };
    const shares = this.#rule.aggregate(updates, into);
    const broken = firstNonFinite(into.update);
    if (broken >= 0) {
      const message = `round ${round}: the aggregation ${this.#name} gives ${into.update[broken]} at parameter ${broken}`;
      throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round, parameter: broken });
    }
    const total = { sum: into.update, weights: into.weights, isMean: true };
    return { total, ...(shares && { shares: sharesOf(updates, shares) }) };
  }

  /** With what attackers send, rounded to float32 as it would be on its way. */
  #corrupted(round: number, arrived: readonly SingleUpdate[]): readonly SingleUpdate[] {
    if (this.attack?.on !== "updates") return arrived;
    const attackers = arrived.filter(({ client }) => this.attackers.has(client));
    const honest = arrived.filter(({ client }) => !this.attackers.has(client));
    const sent = this.attack.corrupt({ seed: this.#seed, round, honest, attackers });
    return arrived.map((update) => {
      const index = attackers.indexOf(update);
      return index < 0 ? update : { ...update, values: Float32Array.from(sent[index], withinFloat32) };
    });
  }
}

function withinFloat32(value: number): number {
  return Math.max(-largest, Math.min(largest, value));
}

function sharesOf(updates: readonly SingleUpdate[], shares: readonly number[]): ClientShare[] {
  requireArray("aggregation.aggregate", shares);
  return updates.map(({ client }, index) => {
    const share = shares[index];
    requireNumber(`aggregation.aggregate()[${index}]`, share, "must lie in [0, 1]", (each) => each >= 0 && each <= 1);
    return { client, share };
  });
}

function requireRule(rule: Aggregation, name: string, options: AggregatorOptions): void {
  const { clients, participation, weighting, attack, aggregationGoal } = options;
  const participants = participantCount(clients.length, participation);
  if (!rule.weighted && weighting !== "uniform")
    throw new ArgumentError(
      "weighting",
      `must be "uniform" with the aggregation ${name}: all clients count alike in it`,
      weighting,
    );
  if (rule.leastUpdates > participants) {
    const rounds = `must be one that is defined for the ${participants} clients of a round`;
    throw new ArgumentError("aggregation", `${rounds}: ${name} takes at least ${rule.leastUpdates}`, name);
  }
  if (aggregationGoal !== undefined && aggregationGoal < rule.leastUpdates)
    throw new ArgumentError(
      "aggregationGoal",
      `must be at least the ${rule.leastUpdates} updates that the aggregation ${name} takes`,
      aggregationGoal,
    );
  if (attack && attack.clients >= clients.length)
    throw new ArgumentError("attack.clients", `must be fewer than the ${clients.length} clients`, attack.clients);
}

/** Throws where updates cannot be kept one by one. */
function requireSingle(argument: "aggregation" | "attack", size: number, options: AggregatorOptions): void {
  const { clients, participation, regions, asynchronous } = options;
  const value = argument === "attack" ? options.attack?.kind : aggregationName(options.aggregation);
  if (asynchronous)
    throw new ArgumentError(
      argument,
      "must not need single updates beside asynchronous, whose updates are of several rounds",
      value,
    );
  if (regions) {
    const rule = "must not need single updates where there are regions, which sum those of their clients";
    throw new ArgumentError(argument, rule, value);
  }
  const participants = participantCount(clients.length, participation);
  const bytes = 4 * participants * size;
  if (bytes <= mostUpdateBytes) return;
  const rule = `must not need single updates of ${participants} clients of ${size} parameters: they would take up to ${bytes} bytes, and ${mostUpdateBytes} are allowed`;
  throw new ArgumentError(argument, rule, value);
}
