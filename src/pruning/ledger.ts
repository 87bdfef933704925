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
    const parameterNorm = squaredNorm(parameters, 0, parameters.length);
    if (!Number.isFinite(parameterNorm)) {
      const message = `round ${round}: the server's parameters have NaN or Infinity`;
      throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round });
    }
    const counts = new Uint32Array(parameters.length);
    let pruningNoise = 0;
    let full = 0;
    for (const { mask, clients } of groupMasks(masks)) {
      if (mask.kind === "full") {
        full += clients;
        continue;
      }
      const pruned = Math.max(0, parameterNorm - this.#enter(mask, clients, counts, parameters));
      if (parameterNorm > 0) pruningNoise = Math.max(pruningNoise, pruned / parameterNorm);
    }
    const layers = this.#layers().map(({ layer, start, end }) => {
      return { layer, bins: this.#count(counts, start, end, full, masks.length) };
    });
    const histogram = histogramOf(sumOfBins(layers.map(({ bins }) => bins)));
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
      perLayer: layers.map(({ layer, bins }) => layerCoverage(layer, bins)),
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
  #enter(
    mask: Exclude<Mask, { readonly kind: "full" }>,
    clients: number,
    counts: Uint32Array,
    parameters: Float32Array,
  ): number {
    let kept = 0;
    if (mask.kind === "structured") {
      visitKept(this.#spec, mask, (start, end) => {
        for (let i = start; i < end; i++) counts[i] += clients;
        kept += squaredNorm(parameters, start, end);
      });
      return kept;
    }
    requireLength("mask.keep", mask.keep, counts.length);
    for (let i = 0; i < counts.length; i++) {
      counts[i] += clients * mask.keep[i];
      kept += parameters[i] * parameters[i] * mask.keep[i];
    }
    return kept;
  }

  /** Parameters of [start, end) by Gamma, their number of clients; marks those that have any. Equal neighbours are counted together. */
  #count(counts: Uint32Array, start: number, end: number, full: number, clients: number): Float64Array {
    const bins = new Float64Array(clients + 1);
    for (let i = start; i < end; ) {
      const first = i;
      const count = counts[first];
      while (i < end && counts[i] === count) i++;
      bins[count + full] += i - first;
      if (count + full > 0) this.#covered.fill(1, first, i);
    }
    return bins;
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

/** |theta|^2 of the entries [start, end). */
function squaredNorm(parameters: Float32Array, start: number, end: number): number {
  let total = 0;
  for (let i = start; i < end; i++) total += parameters[i] * parameters[i];
  return total;
}

function sumOfBins([first, ...others]: readonly Float64Array[]): Float64Array {
  const total = first.slice();
  for (const bins of others) for (let gamma = 0; gamma < total.length; gamma++) total[gamma] += bins[gamma];
  return total;
}

/** @param bins parameters by Gamma. */
function histogramOf(bins: Float64Array): { clients: number; parameters: number }[] {
  const histogram: { clients: number; parameters: number }[] = [];
  bins.forEach((parameters, clients) => {
    if (parameters > 0) histogram.push({ clients, parameters });
  });
  return histogram;
}

function layerCoverage(layer: number, bins: Float64Array): LayerCoverage {
  const histogram = histogramOf(bins);
  const parameters = sum(bins);
  const mean = histogram.reduce((total, bin) => total + bin.clients * bin.parameters, 0) / parameters;
  return { layer, min: histogram[0].clients, mean, max: histogram[histogram.length - 1].clients };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
