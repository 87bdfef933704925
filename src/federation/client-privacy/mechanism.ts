import { type Engine, Purpose, portableMath, RandomStream } from "../../kernels/index.js";
import { SecretStream } from "./secret-stream.js";
import { type ClientPrivacy, updateNoiseMultiplier } from "./settings.js";

/** The federation that is protected. */
export interface ProtectedFederation {
  readonly privacy: ClientPrivacy;
  /** Clients that may take part, and the probability of each to do so in a round. */
  readonly clients: number;
  readonly participation: number;
  /** Of the run, where `reproducible` says so. */
  readonly seed: number;
}

/** What draws normal numbers and uniform ones. */
type Stream = Pick<SecretStream, "normal" | "uniform">;

/** Numbers that follow one after the other: streams of a round are apart by their purpose. */
type StreamPurpose = typeof Purpose.participation | typeof Purpose.privacyNoise;

/** Draws what makes the rounds of a federation private: who takes part, and the noise. */
export class ClientMechanism {
  readonly #engine: Engine;
  readonly #federation: ProtectedFederation;
  readonly #secret = new SecretStream();

  constructor(engine: Engine, federation: ProtectedFederation) {
    this.#engine = engine;
    this.#federation = federation;
  }

  /** Those who take part in a round, ascending: each by its own chance, so that there may be none (Poisson sampling). */
  participants(round: number): Uint32Array {
    const { clients, participation } = this.#federation;
    const stream = this.#stream(round, Purpose.participation);
    return Uint32Array.from({ length: clients }, (_, id) => id).filter(() => stream.uniform() < participation);
  }

  /**
   * Adds noise to a round's sum, in place, and moves the clipping norm.
   * @param sum float64 [P], of updates of norm at most `clipNorm`.
   * @param roster float64 [P]: clients of the federation that keep each parameter, whether or not they took part. Where nobody does there is no noise.
   * @param clipped what is known of the updates in the sum.
   * @returns the clipping norm of the next round.
   */
  noise(round: number, sum: Float64Array, roster: Float64Array, clipped: ClippedRound): number {
    const { privacy } = this.#federation;
    const stream = this.#stream(round, Purpose.privacyNoise);
    const deviation = updateNoiseMultiplier(privacy) * sensitivity(clipped.clipNorm, this.#federation.clients);
    for (let i = 0; i < sum.length; i++) if (roster[i] > 0) sum[i] += deviation * stream.normal();
    return this.#nextClipNorm(clipped, stream);
  }

  /** Geometric updates towards the quantile: section 2.2 of arXiv 1905.03871. */
  #nextClipNorm({ clipNorm, within, participants, expected }: ClippedRound, stream: Stream): number {
    const { adaptive } = this.#federation.privacy;
    if (!adaptive || expected === 0) return clipNorm;
    const { quantile, learningRate, countNoise } = adaptive;
    const share = 0.5 + (within - 0.5 * participants + countNoise * stream.normal()) / expected;
    const next = clipNorm * portableMath(this.#engine).exp(-learningRate * (share - quantile));
    return Math.min(largestClipNorm, Math.max(leastClipNorm, next));
  }

  #stream(round: number, purpose: StreamPurpose): Stream {
    const { privacy, seed } = this.#federation;
    return privacy.reproducible ? new RandomStream(this.#engine, { seed, round, purpose }) : this.#secret;
  }
}

/** A round's updates, as they were clipped. */
export interface ClippedRound {
  readonly clipNorm: number;
  /** How many were no longer than `clipNorm` before. */
  readonly within: number;
  /** How many clients took part, without those that gave nothing. */
  readonly participants: number;
  /** How many there are on average: what the count is divided by, whoever came. */
  readonly expected: number;
}

/** Between these an adaptive clipping norm stays: where float32 has all its digits. */
const [leastClipNorm, largestClipNorm] = [2 ** -40, 2 ** 40];

/**
 * What one client changes a round's sum by, at most: its own update, and by which side the sums of up to 64 blocks of clients round to float32, each by 2^-24 of itself on either side.
 * @param clients of the federation.
 */
export function sensitivity(clipNorm: number, clients: number): number {
  return clipNorm * (1 + clients * 2 ** -23);
}
