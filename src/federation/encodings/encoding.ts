/** Whose update it is: the random numbers of an encoding are a function of it, so that a rerun gives the same bytes. */
export interface UpdateKey {
  readonly seed: number;
  readonly round: number;
  readonly client: number;
}

/** How a vector of float32 numbers travels: little-endian, and decoded by whoever knows the specification and the number of entries. */
export interface Encoding {
  /** Largest absolute value that it carries. */
  readonly largest: number;
  /** Whether a client keeps what its update lost on the way and adds it to the next one. */
  readonly feedback: boolean;
  /** Most bytes that so many numbers take; other lengths than `encode` can give are refused. */
  mostBytes(length: number): number;
  /** The bytes that travel of an update, whose numbers are finite and none of them beyond `largest`. */
  encode(values: Float32Array, key: UpdateKey): Uint8Array<ArrayBuffer>;
  /**
   * Finite numbers, float32 [length].
   * @throws FedscoreError FEDSCORE_WORKER for bytes that `encode` never gives for so many numbers.
   */
  decode(bytes: Uint8Array, length: number): Float32Array<ArrayBuffer>;
}
