/**
 * What a random stream is for: the last byte of its Philox counter, so that no two uses ever share a number.
 * Numbers are part of the reproducibility contract: append, never renumber.
 */
export const Purpose = {
  initialization: 0,
  batchRows: 1,
  batchLevels: 2,
  batchNoise: 3,
  prior: 4,
  samplerNoise: 5,
  participation: 6,
  mask: 7,
  partition: 8,
  target: 9,
  targetLabel: 10,
  split: 11,
  projection: 12,
  bootstrap: 13,
  certificateData: 14,
  certificateNoise: 15,
  probe: 16,
  certificateTime: 17,
  subsample: 18,
  lowerBound: 19,
  dataLaw: 20,
  encoding: 21,
  classifier: 22,
  labelDropout: 23,
  sampleClass: 24,
  likelihood: 25,
  recordSampling: 26,
  privacyNoise: 27,
  availability: 28,
  attack: 29,
  tableBaseline: 30,
  folds: 31,
  particles: 32,
  rowWeight: 33,
  /** Of programs that embed the package: no stream of its own has it. */
  embedder: 128,
} as const;

export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/**
 * Identity of a stream of random numbers: Philox key = seed (64 bit), counter words = (block index, step, client, round << 8 | purpose).
 * Never an order of calls: the same identity gives the same numbers whoever asks, whenever.
 */
export interface StreamKey {
  /** Integer in [0, 2^53). */
  readonly seed: number;
  readonly purpose: Purpose;
  /** In [0, 2^24). Default 0. */
  readonly round?: number | undefined;
  /** In [0, 2^32). Default 0. */
  readonly client?: number | undefined;
  /** In [0, 2^32). Default 0. */
  readonly step?: number | undefined;
}
