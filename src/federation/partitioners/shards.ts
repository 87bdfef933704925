import { ArgumentError } from "../../errors.js";
import { member } from "../../family.js";
import { integer } from "../../fields.js";
import type { RandomStream } from "../../kernels/index.js";
import { type DealtRows, evenRuns, type PartitionRequest, rowsByClass } from "./partitioner.js";

/** Rows are sorted by class and cut into equal shards; each client gets some of them, so it sees only a few classes. */
export const shards = member({
  kind: "shards",
  source: "McMahan et al. 2017 (arXiv 1602.05629), section 3, pathological non-IID",
  text: "Rows sorted by class, cut into equal shards; McMahan et al., arXiv 1602.05629. Needs labels.",
  fields: { shardsPerClient: integer("[1, inf)", 2, "Shards that a client gets.") },
  create({ shardsPerClient }, request: PartitionRequest, random: RandomStream): DealtRows {
    const total = request.clients * shardsPerClient;
    if (total > request.count) {
      throw new ArgumentError(
        "partition.shardsPerClient",
        `must leave a row for each shard of ${request.clients} clients and ${request.count} rows`,
        shardsPerClient,
      );
    }
    const sorted = new Uint32Array(request.count);
    let filled = 0;
    for (const { rows } of rowsByClass("shards", request)) {
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
});
