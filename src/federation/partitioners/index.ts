import { ArgumentError, requireInteger } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { Purpose } from "../../kernels/purpose.js";
import { RandomStream } from "../../kernels/random.js";
import { type DirichletPartition, dirichlet } from "./dirichlet.js";
import { type IidPartition, iid } from "./iid.js";
import type { Partitioner, PartitionRequest } from "./partitioner.js";
import { type ShardPartition, shards } from "./shards.js";

export { describePartition, type PartitionDescription } from "./describe.js";
export type { DirichletPartition, IidPartition, Partitioner, PartitionRequest, ShardPartition };

/** How rows are dealt to clients, as plain data. */
export type PartitionSpec = IidPartition | DirichletPartition | ShardPartition;

/** Every rule. */
export const partitioners: readonly Partitioner<PartitionSpec>[] = [iid, dirichlet, shards];

/**
 * Deals rows 0 ... count - 1 to clients: every row to exactly one, each client's rows ascending. The same arguments give
 * the same rows in every build and JavaScript engine. Throws ArgumentError for more clients than rows, and where a rule
 * needs labels and has none.
 */
export function partition(engine: Engine, spec: PartitionSpec, request: PartitionRequest): Uint32Array[] {
  requireInteger("count", request.count, 1);
  requireInteger("clients", request.clients, 1);
  if (request.clients > request.count) {
    throw new ArgumentError("clients", `must not exceed the ${request.count} rows`, request.clients);
  }
  if (request.labels && request.labels.length !== request.count) {
    throw new ArgumentError("labels", `must have one label for each of ${request.count} rows`, request.labels.length);
  }
  const rule = partitioners.find(({ kind }) => kind === spec.kind);
  if (!rule)
    throw new ArgumentError(
      "partition.kind",
      `must be one of ${partitioners.map(({ kind }) => kind).join(", ")}`,
      spec.kind,
    );
  const random = new RandomStream(engine, { seed: request.seed, purpose: Purpose.partition });
  return rule.deal(spec, request, random).map((rows) => Uint32Array.from(rows).sort());
}
