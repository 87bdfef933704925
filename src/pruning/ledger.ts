import { FedscoreError, requireInteger, requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { visitKept } from "./expand.js";
import { groupMasks } from "./group.js";
import type { Mask } from "./mask.js";

/** Gamma of some parameters: the number of a round's clients whose masks keep one. */
export interface LayerCoverage {
  readonly layer: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** What a round's masks cover (arXiv 2310.08670: Gamma_q^i and delta^2). */
export interface RoundCoverage {
  readonly round: number;
  readonly clients: number;
  /** Gamma* of the round: the least Gamma of a covered parameter; 0 where no parameter is covered. */
  readonly minimum: number;
  /** The least Gamma of any parameter. */
  readonly minimumOverAll: number;
  /** Number of parameters that no client keeps. */
  readonly uncovered: number;
  /** Over the weights and biases of each layer of the network. */
  readonly perLayer: readonly LayerCoverage[];
  /** How many parameters are kept by how many clients, ascending; counts that do not occur are left out. */
  readonly histogram: readonly { readonly clients: number; readonly parameters: number }[];
  /** delta^2: the largest |theta - theta * m|^2 / |theta|^2 of the round's masks m. */
  readonly pruningNoise: number;
  /** |theta|^2 of the server's parameters at the start of the round. */
  readonly parameterNorm: number;
}

/** The ledger as plain data: part of a checkpoint. */
export interface CoverageLedgerState {
  readonly rounds: number;
  readonly minimum: number;
  readonly pruningNoise: number;
  readonly parameterNormSum: number;
  /** Per parameter: 1 where some client of some round kept it. */
  readonly covered: Uint8Array;
}

/** Counts, round by round, which parameters the clients cover. A round costs O(P) for each distinct mask. */
export class CoverageLedger {
  readonly #spec: NetworkSpec;
  readonly #covered: Uint8Array;
  #rounds = 0;
  #minimum = 0;
  #pruningNoise = 0;
  #parameterNormSum = 0;

  constructor(spec: NetworkSpec, state?: CoverageLedgerState) {
    this.#spec = spec;
    const { size } = layoutOf(spec);
    this.#covered = new Uint8Array(size);
    if (!state) return;
    requireLength("state.covered", state.covered, size);
    this.#covered.set(state.covered);
    this.#rounds = state.rounds;
    this.#minimum = state.minimum;
    this.#pruningNoise = state.pruningNoise;
    this.#parameterNormSum = state.parameterNormSum;
  }

  /**
   * Enters a round.
   * @param masks one valid mask per client whose update was averaged.
   * @param parameters the server's, float32 [P], at the start of the round.
   */
  record(round: number, masks: readonly Mask[], parameters: Float32Array): RoundCoverage {
    requireInteger("round", round, 0);
    requireLength("parameters", parameters, this.#covered.length);
    const squares = new Float64Array(parameters.length);
    for (let i = 0; i < squares.length; i++) squares[i] = parameters[i] * parameters[i];
    const parameterNorm = sum(squares);
    if (!Number.isFinite(parameterNorm)) {
      const message = `round ${round}: the server's parameters have NaN or Infinity`;
      throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round });
    }
    const counts = new Uint32Array(parameters.length);
    let pruningNoise = 0;
    for (const { mask, clients } of groupMasks(masks)) {
      const pruned = Math.max(0, parameterNorm - this.#enter(mask, clients, counts, squares));
      if (mask.kind !== "full" && parameterNorm > 0) pruningNoise = Math.max(pruningNoise, pruned / parameterNorm);
    }
    for (let i = 0; i < counts.length; i++) if (counts[i] > 0) this.#covered[i] = 1;

    const histogram = histogramOf(counts, masks.length);
    const minimum = histogram.find(({ clients }) => clients > 0)?.clients ?? 0;
    if (minimum > 0 && (this.#minimum === 0 || minimum < this.#minimum)) this.#minimum = minimum;
    this.#rounds++;
    this.#pruningNoise = Math.max(this.#pruningNoise, pruningNoise);
    this.#parameterNormSum += parameterNorm;
    return {
      round,
      clients: masks.length,
      minimum,
      minimumOverAll: histogram[0].clients,
      uncovered: histogram[0].clients === 0 ? histogram[0].parameters : 0,
      perLayer: this.#layers().map(({ layer, start, end }) => layerCoverage(layer, counts.subarray(start, end))),
      histogram,
      pruningNoise,
      parameterNorm,
    };
  }

  /** Gamma* of the run: the least Gamma of a covered parameter in any round; 0 before the first round that covers one. */
  get runMinimum(): number {
    return this.#minimum;
  }

  /** delta_p^2 of the run: the largest of any round. */
  get runPruningNoise(): number {
    return this.#pruningNoise;
  }

  /** Mean over the rounds of |theta_q|^2; 0 before the first round. */
  get meanParameterNorm(): number {
    return this.#rounds === 0 ? 0 : this.#parameterNormSum / this.#rounds;
  }

  /** Number of parameters that no client has kept in any round. */
  neverCovered(): number {
    return this.#covered.length - sum(this.#covered);
  }

  /** The same, layer by layer. */
  neverCoveredPerLayer(): number[] {
    return this.#layers().map(({ start, end }) => end - start - sum(this.#covered.subarray(start, end)));
  }

  state(): CoverageLedgerState {
    return {
      rounds: this.#rounds,
      minimum: this.#minimum,
      pruningNoise: this.#pruningNoise,
      parameterNormSum: this.#parameterNormSum,
      covered: this.#covered.slice(),
    };
  }

  /** Adds a mask's clients to the counts; returns |theta * m|^2. */
  #enter(mask: Mask, clients: number, counts: Uint32Array, squares: Float64Array): number {
    const kept = new Float64Array(1);
    const add = (start: number, end: number) => {
      let run = 0;
      for (let i = start; i < end; i++) {
        counts[i] += clients;
        run += squares[i];
      }
      kept[0] += run;
    };
    if (mask.kind === "full") add(0, counts.length);
    else if (mask.kind === "structured") visitKept(this.#spec, mask, add);
    else {
      requireLength("mask.keep", mask.keep, counts.length);
      for (let i = 0; i < counts.length; i++) {
        counts[i] += clients * mask.keep[i];
        kept[0] += squares[i] * mask.keep[i];
      }
    }
    return kept[0];
  }

  #layers(): { layer: number; start: number; end: number }[] {
    const { entries } = layoutOf(this.#spec);
    const biases = entries.filter(({ kind }) => kind === "bias");
    return biases.map((bias, layer) => ({
      layer,
      start: layer === 0 ? 0 : biases[layer - 1].offset + biases[layer - 1].length,
      end: bias.offset + bias.length,
    }));
  }
}

function histogramOf(counts: Uint32Array, clients: number): { clients: number; parameters: number }[] {
  const parameters = new Uint32Array(clients + 1);
  for (const count of counts) parameters[count]++;
  return Array.from(parameters, (number, gamma) => ({ clients: gamma, parameters: number })).filter(
    (bin) => bin.parameters > 0,
  );
}

function layerCoverage(layer: number, counts: Uint32Array): LayerCoverage {
  let [min, max] = [counts[0], counts[0]];
  for (const count of counts) {
    if (count < min) min = count;
    if (count > max) max = count;
  }
  return { layer, min, mean: sum(counts) / counts.length, max };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
