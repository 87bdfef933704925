/** The last of many texts: at least `most` of them and at most twice as many. */
export class RecentKeys {
  readonly #most: number;
  #newer = new Set<string>();
  #older = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  add(key: string): void {
    if (this.#newer.size >= this.#most) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(key);
  }

  has(key: string): boolean {
    return this.#newer.has(key) || this.#older.has(key);
  }
}
