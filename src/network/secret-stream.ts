/** What stands in the place of a seed, a round and a client. */
interface StreamSecret {
  readonly seed: number;
  readonly round: number;
  readonly client: number;
}

/**
 * A key of random streams that nobody knows or can guess: 109 bits from the platform's cryptographic generator in the place of a seed, a round and
 * a client. The streams themselves are Philox's, which is made for statistics, not for secrecy.
 */
export function secretStream(): StreamSecret {
  const [high, low, client, last] = globalThis.crypto.getRandomValues(new Uint32Array(4));
  return { seed: (high >>> 11) * 2 ** 32 + low, client, round: last >>> 8 };
}
