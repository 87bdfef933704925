import { ArgumentError, requireInteger } from "../../errors.js";
import { evenRuns, type Partitioner, rowsByClass } from "./partitioner.js";

/** Rows are sorted by class and cut into equal shards; each client gets some of them, so it sees only a few classes. */
export interface ShardPartition {
  readonly kind: "shards";
  /** At least 1; clients * shardsPerClient must not exceed the number of rows. */
  readonly shardsPerClient: number;
}

export const shards: Partitioner<ShardPartition> = {
  kind: "shards",
  source: "McMahan et al. 2017 (arXiv 1602.05629), section 3, pathological non-IID",
  deal({ kind, shardsPerClient }, request, random) {
    requireInteger("shardsPerClient", shardsPerClient, 1);
    const total = request.clients * shardsPerClient;
    if (total > request.count) {
      throw new ArgumentError(
        "shardsPerClient",
        `must leave a row for each shard of ${request.clients} clients and ${request.count} rows`,
        shardsPerClient,
      );
    }
    const sorted = new Uint32Array(request.count);
    let filled = 0;
    for (const { rows } of rowsByClass(kind, request)) {
      random.shuffle(rows);
      sorted.set(rows, filled);
      filled += rows.length;
    }
    const dealt = evenRuns(sorted, total);
    random.shuffle(dealt);
    return Array.from({ length: request.clients }, (_, client) =>
      dealt.slice(client * shardsPerClient, (client + 1) * shardsPerClient).flatMap((shard) => [...shard]),
    );
  },
};
