/** An aggregator, and the clients that it stands for. */
export interface Region {
  /** Name of the aggregator. */
  readonly name: string;
  /** Number of its first client in the federation; the others follow. */
  readonly first: number;
  /** Names of its clients, at its own server. */
  readonly clients: readonly string[];
}

/** The clients of a federation cut into regions. */
export function regionsOf(
  clients: readonly string[],
  aggregators: readonly { readonly name: string; readonly clients: number }[],
): Region[] {
  let next = 0;
  return aggregators.map(({ name, clients: count }) => {
    const first = next;
    next += count;
    return { name, first, clients: clients.slice(first, next) };
  });
}
