import { ArgumentError, requireInteger, requireLength, requireTyped } from "../../errors.js";
import { createFrom, familyOf, type SpecOf } from "../../family.js";
import { type Engine, Purpose, RandomStream, requireEngine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import { column } from "./column.js";
import { dirichlet } from "./dirichlet.js";
import { iid } from "./iid.js";
import type { PartitionRequest } from "./partitioner.js";
import { shards } from "./shards.js";

export { describePartition, type PartitionDescription } from "./describe.js";
export type { PartitionRequest };

/** Every rule by its kind. */
export const partitioners = familyOf(iid, dirichlet, shards, column);

/** How rows are dealt to clients, as plain data. */
export type PartitionSpec = SpecOf<typeof partitioners>;

const requestKeys = keysOf<PartitionRequest>({ count: true, clients: true, labels: true, owners: true, seed: true });

/**
 * Deals rows 0 ... count - 1 to clients: every row to exactly one, each client's rows ascending. The same arguments give
 * the same rows in every build and JavaScript engine. Throws ArgumentError for more clients than rows, and where a rule
 * needs labels or owners and has none.
 */
export function partition(engine: Engine, spec: PartitionSpec, request: PartitionRequest): Uint32Array[] {
  requireEngine(engine);
  requireOptions("request", request, requestKeys);
  if (request.labels !== undefined) requireTyped("labels", request.labels, Int32Array);
  requireInteger("count", request.count, 1);
  requireInteger("clients", request.clients, 1);
  if (request.clients > request.count) {
    throw new ArgumentError("clients", `must not exceed the ${request.count} rows`, request.clients);
  }
  if (request.labels && request.labels.length !== request.count) {
    throw new ArgumentError("labels", `must have one label for each of ${request.count} rows`, request.labels.length);
  }
  if (request.owners !== undefined) requireOwners(request.owners, request);
  const random = new RandomStream(engine, { seed: request.seed, purpose: Purpose.partition });
  return createFrom(partitioners, "partition", spec, request, random).map((rows) => Uint32Array.from(rows).sort());
}

function requireOwners(owners: Int32Array, { count, clients }: PartitionRequest): void {
  requireTyped("owners", owners, Int32Array);
  requireLength("owners", owners, count);
  const wrong = owners.findIndex((owner) => owner < 0 || owner >= clients);
  if (wrong >= 0) throw new ArgumentError(`owners[${wrong}]`, `must lie in [0, ${clients - 1}]`, owners[wrong]);
}
