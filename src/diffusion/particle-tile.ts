import type { PortableMath } from "../kernels/index.js";
import { chosenParticle, effectiveCount, systematicAncestors, weightShares } from "./particle-weights.js";
import type { StepCoefficients } from "./sampler.js";
import type { NoiseLevel } from "./schedule.js";

/** Rows with all of their particles, as `sampleGiven` leads them; states are float32 [rows, particles, dimension]. */
export class ParticleTile {
  readonly #points: Float32Array;
  /** Given coordinates of each row. */
  readonly #given: readonly Uint32Array[];
  readonly #dimension: number;
  readonly #particles: number;
  /** y - x0hat of the last step where given, [rows, particles, dimension]. */
  readonly #errors: Float32Array;
  /** States of each row's first particle before the step, [rows, dimension]. */
  readonly #before: Float32Array;
  /** Of each row, [particles]. */
  readonly #logWeights: readonly Float64Array[];

  constructor(points: Float32Array, given: Uint8Array, dimension: number, particles: number) {
    const rows = points.length / dimension;
    this.#points = points;
    this.#dimension = dimension;
    this.#particles = particles;
    this.#given = Array.from({ length: rows }, (_, row) => {
      const flags = given.subarray(row * dimension, (row + 1) * dimension);
      return Uint32Array.from(flags.keys()).filter((coordinate) => flags[coordinate] === 1);
    });
    this.#errors = new Float32Array(rows * particles * dimension);
    this.#before = new Float32Array(rows * dimension);
    this.#logWeights = this.#given.map(() => new Float64Array(particles));
  }

  /** Paths begin where the forward process leads from the given coordinates, with the noise of each row's first particle. */
  begin(x: Float32Array, { alpha, sigma }: Pick<NoiseLevel, "alpha" | "sigma">): void {
    const [d, K] = [this.#dimension, this.#particles];
    for (const [row, coordinates] of this.#given.entries()) {
      for (const j of coordinates) {
        const first = row * K * d + j;
        const start = alpha * this.#points[row * d + j] + sigma * x[first];
        for (let each = 0; each < K; each++) x[first + each * d] = start;
      }
    }
  }

  /** Keeps how far the denoised points are from the given ones, and puts these in their place. */
  pin(x: Float32Array, denoised: Float32Array): void {
    const [d, K] = [this.#dimension, this.#particles];
    for (const [row, coordinates] of this.#given.entries()) {
      for (const j of coordinates) {
        const y = this.#points[row * d + j];
        this.#before[row * d + j] = x[row * K * d + j];
        for (let at = row * K * d + j; at < (row + 1) * K * d; at += d) {
          this.#errors[at] = y - denoised[at];
          denoised[at] = y;
        }
      }
    }
  }

  /**
   * All particles of a row go where its first one went, with the noise of the bridge, which is `narrower` times that of the step. With x' = a x + c y + n
   * and e = y - x0hat of a particle, the density that its step N(a x + c x0hat, b^2) has at x' is exp(-(n + c e)^2 / (2 b^2)), and exp(-n^2 / (2 b^2)) is common to all.
   */
  weigh(x: Float32Array, { x: a, denoised: c, noise: b }: StepCoefficients, narrower: number): void {
    const [d, K] = [this.#dimension, this.#particles];
    for (const [row, coordinates] of this.#given.entries()) {
      const logWeights = this.#logWeights[row];
      for (const j of coordinates) {
        const first = row * K * d + j;
        const mean = a * this.#before[row * d + j] + c * this.#points[row * d + j];
        const noise = narrower * (x[first] - mean);
        for (let each = 0; each < K; each++) {
          const e = c * this.#errors[first + each * d];
          logWeights[each] -= (e * (e + 2 * noise)) / (2 * b * b);
          x[first + each * d] = mean + noise;
        }
      }
    }
  }

  /** Rows of which fewer than half of the particles count go on with their better ones. @param luck gives a number on (0, 1) for each row. */
  resample(x: Float32Array, luck: () => Float32Array, math: PortableMath): void {
    let uniforms: Float32Array | undefined;
    for (const [row, logWeights] of this.#logWeights.entries()) {
      const shares = weightShares(logWeights, math);
      if (effectiveCount(shares) >= this.#particles / 2) continue;
      uniforms ??= luck();
      this.#take(x, row, systematicAncestors(shares, uniforms[row]));
      logWeights.fill(0);
    }
  }

  /** A particle of each row, by its weight, with the given coordinates in their place: float32 [rows, dimension]. */
  chosen(states: Float32Array, luck: Float32Array, math: PortableMath): Float32Array {
    const [d, K] = [this.#dimension, this.#particles];
    const rows = new Float32Array(this.#points.length);
    for (const [row, coordinates] of this.#given.entries()) {
      const particle = row * K + chosenParticle(weightShares(this.#logWeights[row], math), luck[row]);
      rows.set(states.subarray(particle * d, (particle + 1) * d), row * d);
      for (const j of coordinates) rows[row * d + j] = this.#points[row * d + j];
    }
    return rows;
  }

  #take(x: Float32Array, row: number, ancestors: Uint32Array): void {
    const [d, K] = [this.#dimension, this.#particles];
    const old = x.slice(row * K * d, (row + 1) * K * d);
    for (const [each, ancestor] of ancestors.entries()) {
      x.set(old.subarray(ancestor * d, (ancestor + 1) * d), (row * K + each) * d);
    }
  }
}
