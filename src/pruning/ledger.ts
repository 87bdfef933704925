import { requireLength } from "../errors.js";
import { layoutOf, type NetworkSpec } from "../network/spec.js";
import { groupMasks } from "./group.js";
import type { Mask } from "./mask.js";
import {
  type CountedRound,
  countMasks,
  countRoundCoverage,
  layersOf,
  type MaskCounts,
  type RoundCoverage,
  sum,
} from "./round-coverage.js";

/** The ledger as plain data: part of a checkpoint. */
export interface CoverageLedgerState {
  readonly rounds: number;
  readonly minimum: number;
  readonly pruningNoise: number;
  readonly parameterNormSum: number;
  /** Per parameter: 1 where some client of some round kept it. */
  readonly covered: Uint8Array;
}

/** Keeps, round by round, which parameters the clients cover. */
export class CoverageLedger {
  readonly #spec: NetworkSpec;
  readonly #covered: Uint8Array;
  #entered: MaskCounts | undefined;
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
    const groups = groupMasks(masks);
    const counted = countRoundCoverage(this.#spec, round, groups, parameters, countMasks(this.#spec, groups));
    this.enter(counted);
    return counted.coverage;
  }

  /** Enters a round that was counted before. */
  enter({ coverage, masks }: CountedRound): void {
    const { minimum, pruningNoise, parameterNorm } = coverage;
    if (masks !== this.#entered) this.#cover(masks);
    this.#entered = masks;
    if (minimum > 0 && (this.#minimum === 0 || minimum < this.#minimum)) this.#minimum = minimum;
    this.#rounds++;
    this.#pruningNoise = Math.max(this.#pruningNoise, pruningNoise);
    this.#parameterNormSum += parameterNorm;
  }

  #cover({ counts, full }: MaskCounts): void {
    requireLength("counts", counts, this.#covered.length);
    if (full > 0) this.#covered.fill(1);
    else for (let i = 0; i < counts.length; i++) if (counts[i] > 0) this.#covered[i] = 1;
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
    return layersOf(this.#spec).map(({ start, end }) => end - start - sum(this.#covered.subarray(start, end)));
  }

  /** What has been counted so far, as plain data. */
  state(): CoverageLedgerState {
    return {
      rounds: this.#rounds,
      minimum: this.#minimum,
      pruningNoise: this.#pruningNoise,
      parameterNormSum: this.#parameterNormSum,
      covered: this.#covered.slice(),
    };
  }
}
