import { FedscoreError } from "../../errors.js";
import { selectParticipants } from "../../federation/participation.js";
import type { Engine } from "../../kernels/index.js";
import { epsilonOf, type SpentPrivacy } from "../../privacy/epsilon.js";
import type { SampledGaussian } from "../../privacy/mechanism.js";
import { noiseFor } from "../../privacy/noise-for.js";
import type { PrivacyConfig } from "../config/privacy.js";
import type { ExperimentConfig } from "../config/schema.js";
import { clientSettings } from "./federations.js";

/** What the units that spend most have spent, and on what. */
export interface SpentByRun extends SpentPrivacy, SampledGaussian {
  /** The client whose records spend most, where records are protected. */
  readonly client?: number;
}

/** Points of the accountant where the number itself is not told. */
const fewPoints = 2 ** 11;

/** Steps of a client, and the share of its records that are in one. */
type ClientSteps = Omit<SampledGaussian, "noiseMultiplier"> & { readonly client?: number };

/**
 * What the rounds of a private run spend. It follows from the config, from how many rows clients have and from how many rounds were run: a resumed run has spent what the whole
 * of it has.
 */
export class PrivacyAccount {
  readonly #engine: Engine;
  readonly #config: ExperimentConfig;
  readonly #privacy: PrivacyConfig;
  readonly #rowCounts: readonly number[];
  #allowed: number | undefined;

  /** @param rowCounts rows of each client; asked of where records are protected. */
  constructor(engine: Engine, config: ExperimentConfig, privacy: PrivacyConfig, rowCounts: readonly number[]) {
    this.#engine = engine;
    this.#config = config;
    this.#privacy = privacy;
    this.#rowCounts = rowCounts;
  }

  /** After the first so many rounds. @param points of the accountant: see lossEpsilon. */
  spentBy(rounds: number, points?: number): SpentByRun {
    const { delta, noiseMultiplier } = this.#privacy;
    const spent = this.#most(rounds).map((steps): SpentByRun => {
      const { sampleRate, client } = steps;
      const mechanism = { sampleRate, noiseMultiplier, steps: steps.steps };
      return {
        ...epsilonOf([mechanism], delta, { ...(points !== undefined && { points }) }),
        ...mechanism,
        ...(client !== undefined && { client }),
      };
    });
    return spent.reduce((worst, each) => (each.epsilon > worst.epsilon ? each : worst));
  }

  /** The noise multiplier with which all rounds of the config spend no more than an epsilon. @throws FedscoreError FEDSCORE_UNSUPPORTED where none is enough. */
  noiseFor(epsilon: number): number {
    const { delta } = this.#privacy;
    const steps = this.#most(this.#config.training.rounds);
    const noises = steps.map(({ sampleRate, steps }) => noiseFor([{ sampleRate, steps }], { epsilon, delta }));
    return noises.reduce((most, each) => Math.max(most, each), 0);
  }

  /** Why delta promises little; undefined: it is below one over the units that it is of, of the client with the fewest where they are records. */
  get largeDelta(): string | undefined {
    const { kind, delta } = this.#privacy;
    const units = kind === "client" ? this.#config.federation.clients : Math.min(...this.#rowCounts);
    if (delta * units < 1) return undefined;
    return `delta ${delta} is not below 1 / ${units} ${kind}s: to give one of them away as it is would be within it`;
  }

  /** @throws FedscoreError FEDSCORE_INVALID_CONFIG where the config's epsilon does not allow the first round. */
  requireRound(): void {
    if (this.allowedRounds > 0) return;
    const { epsilon } = this.#privacy;
    const message = `config.privacy.epsilon must be at least ${this.spentBy(1).epsilon}, which the first round spends, got ${epsilon}`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { argument: "config.privacy.epsilon" });
  }

  /** Rounds that the config's epsilon allows, at most those that it has. */
  get allowedRounds(): number {
    this.#allowed ??= this.#countAllowed();
    return this.#allowed;
  }

  #countAllowed(): number {
    const { rounds } = this.#config.training;
    const { epsilon } = this.#privacy;
    if (epsilon === undefined) return rounds;
    const isAllowed = (count: number, points?: number) => this.spentBy(count, points).epsilon <= epsilon;
    if (isAllowed(rounds, fewPoints)) return rounds;
    let [low, high] = [0, rounds];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (isAllowed(middle, fewPoints)) low = middle;
      else high = middle;
    }
    // Few points say a little too much: some rounds more may be allowed.
    while (low < rounds && isAllowed(low + 1)) low++;
    return low;
  }

  /** Of the units that may have spent most: no other has both a greater rate and more steps. */
  #most(rounds: number): readonly ClientSteps[] {
    const { training, federation } = this.#config;
    if (this.#privacy.kind === "client") return [{ sampleRate: federation.participation, steps: rounds }];
    const times = this.#timesAsked(rounds);
    const all = this.#rowCounts
      .map((rows, client) => ({
        client,
        sampleRate: Math.min(1, training.batchSize / rows),
        steps: (clientSettings(this.#config, [], client).localSteps ?? training.localSteps) * times[client],
      }))
      .sort((a, b) => b.sampleRate - a.sampleRate || b.steps - a.steps);
    let most = -1;
    return all.filter(({ steps }) => {
      const isMore = steps > most;
      most = Math.max(most, steps);
      return isMore;
    });
  }

  /** In how many of the first rounds each client is asked. */
  #timesAsked(rounds: number): Uint32Array {
    const { federation, seed } = this.#config;
    const clients = this.#rowCounts.length;
    const times = new Uint32Array(clients);
    if (federation.participation === 1) return times.fill(rounds);
    for (let round = 0; round < rounds; round++)
      for (const client of selectParticipants(this.#engine, clients, federation.participation, seed, round))
        times[client]++;
    return times;
  }
}

/** The account of a config that has privacy; undefined where it has none. */
export function privacyAccount(
  engine: Engine,
  config: ExperimentConfig,
  rowCounts: readonly number[],
): PrivacyAccount | undefined {
  return config.privacy && new PrivacyAccount(engine, config, config.privacy, rowCounts);
}
