import { FedscoreError, requireInteger, requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { compileMask } from "./compiled-mask.js";
import type { MaskGroup } from "./group.js";
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

/** What the masks of a round keep, whatever the parameters are. */
export interface MaskCounts {
  /** uint32 [P]: the clients that keep each parameter, but for those that keep all. */
  readonly counts: Uint32Array;
  /** Clients that keep all parameters. */
  readonly full: number;
  readonly coverage: Omit<RoundCoverage, "round" | "pruningNoise" | "parameterNorm">;
}

/** A round's coverage, and the masks that it comes from. */
export interface CountedRound {
  readonly coverage: RoundCoverage;
  readonly masks: MaskCounts;
}

/**
 * Counts which parameters the masks of a round keep: O(P) for each distinct mask.
 * @param groups the valid masks of its clients, see groupMasks.
 * @param counts uint32 [P], overwritten: part of the result.
 */
export function countMasks(
  spec: NetworkSpec,
  groups: readonly MaskGroup[],
  counts: Uint32Array = new Uint32Array(layoutOf(spec).size),
): MaskCounts {
  requireLength("counts", counts, layoutOf(spec).size);
  counts.fill(0);
  let [clients, full] = [0, 0];
  for (const group of groups) {
    clients += group.clients;
    if (group.mask.kind === "full") full += group.clients;
    else addClients(spec, group.mask, group.clients, counts);
  }
  const layers = layersOf(spec).map(({ layer, start, end }) => {
    return { layer, bins: parametersByCount(counts, start, end, full, clients) };
  });
  const histogram = histogramOf(sumOfBins(layers.map(({ bins }) => bins)));
  return {
    counts,
    full,
    coverage: {
      clients,
      minimum: histogram.find((bin) => bin.clients > 0)?.clients ?? 0,
      minimumOverAll: histogram[0].clients,
      uncovered: histogram[0].clients === 0 ? histogram[0].parameters : 0,
      perLayer: layers.map(({ layer, bins }) => layerCoverage(layer, bins)),
      histogram,
    },
  };
}

/**
 * The coverage of a round whose masks were counted.
 * @param parameters the server's, float32 [P], at the start of the round.
 */
export function countRoundCoverage(
  spec: NetworkSpec,
  round: number,
  groups: readonly MaskGroup[],
  parameters: Float32Array,
  masks: MaskCounts,
): CountedRound {
  requireInteger("round", round, 0);
  requireLength("parameters", parameters, layoutOf(spec).size);
  const parameterNorm = squaredNorm(parameters, 0, parameters.length);
  if (!Number.isFinite(parameterNorm)) {
    const message = `round ${round}: the server's parameters have NaN or Infinity`;
    throw new FedscoreError("FEDSCORE_NON_FINITE", message, { round });
  }
  let pruningNoise = 0;
  for (const { mask } of groups) {
    if (mask.kind === "full" || parameterNorm === 0) continue;
    const pruned = Math.max(0, parameterNorm - keptNorm(spec, mask, parameters));
    pruningNoise = Math.max(pruningNoise, pruned / parameterNorm);
  }
  return { masks, coverage: { round, ...masks.coverage, pruningNoise, parameterNorm } };
}

/** Where the parameters of each layer lie, weights and biases together. */
export function layersOf(spec: NetworkSpec): { layer: number; start: number; end: number }[] {
  return layoutOf(spec).maps.map(({ fanIn, fanOut, offset }, layer) => ({
    layer,
    start: offset,
    end: offset + (fanIn + 1) * fanOut,
  }));
}

type PruningMask = Exclude<Mask, { readonly kind: "full" }>;

function addClients(spec: NetworkSpec, mask: PruningMask, clients: number, counts: Uint32Array): void {
  if (mask.kind === "structured") {
    compileMask(spec, mask).visit((start, end) => {
      for (let i = start; i < end; i++) counts[i] += clients;
    });
    return;
  }
  requireLength("mask.keep", mask.keep, counts.length);
  for (let i = 0; i < counts.length; i++) counts[i] += clients * mask.keep[i];
}

/** |theta * m|^2. */
function keptNorm(spec: NetworkSpec, mask: PruningMask, parameters: Float32Array): number {
  let kept = 0;
  if (mask.kind === "structured") {
    compileMask(spec, mask).visit((start, end) => {
      kept += squaredNorm(parameters, start, end);
    });
    return kept;
  }
  for (let i = 0; i < parameters.length; i++) kept += parameters[i] * parameters[i] * mask.keep[i];
  return kept;
}

/** Parameters of [start, end) by Gamma, their number of clients. Equal neighbours are counted together. */
function parametersByCount(
  counts: Uint32Array,
  start: number,
  end: number,
  full: number,
  clients: number,
): Float64Array {
  const bins = new Float64Array(clients + 1);
  for (let i = start; i < end; ) {
    const first = i;
    const count = counts[first];
    while (i < end && counts[i] === count) i++;
    bins[count + full] += i - first;
  }
  return bins;
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
  for (let clients = 0; clients < bins.length; clients++) {
    const parameters = bins[clients];
    if (parameters > 0) histogram.push({ clients, parameters });
  }
  return histogram;
}

function layerCoverage(layer: number, bins: Float64Array): LayerCoverage {
  const histogram = histogramOf(bins);
  const parameters = sum(bins);
  const mean = histogram.reduce((total, bin) => total + bin.clients * bin.parameters, 0) / parameters;
  return { layer, min: histogram[0].clients, mean, max: histogram[histogram.length - 1].clients };
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
