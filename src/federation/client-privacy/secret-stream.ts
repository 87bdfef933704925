/** Numbers that are asked for at a time: 64 kB, the most that Web Crypto gives. */
const batch = 2 ** 13;

/** Random numbers that nobody can draw again: the operating system's, by Web Crypto. They are the same in no two runs. */
export class SecretStream {
  readonly #words = new BigUint64Array(batch);
  #next = batch;
  #spare: number | undefined;

  /** On the open interval (0, 1): an odd multiple of 2^-53. */
  uniform(): number {
    if (this.#next === batch) {
      globalThis.crypto.getRandomValues(this.#words);
      this.#next = 0;
    }
    return (Number(this.#words[this.#next++] >> 12n) + 0.5) / 2 ** 52;
  }

  /** Standard normal (Box, Muller 1958). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
