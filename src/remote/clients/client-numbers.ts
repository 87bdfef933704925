/** Clients of one coordinator or aggregator: their names, and the numbers that they have in the federation, which follow one another. */
export class ClientNumbers {
  readonly names: readonly string[];
  readonly #first: number;
  readonly #numbers: ReadonlyMap<string, number>;

  /** @param first number of the first of them. */
  constructor(names: readonly string[], first = 0) {
    this.names = names;
    this.#first = first;
    this.#numbers = new Map(names.map((name, index) => [name, first + index]));
  }

  nameOf(client: number): string | undefined {
    return this.names[client - this.#first];
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }
}
