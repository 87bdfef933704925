import { expect, it } from "vitest";
import { type PartitionSpec, partition } from "../../../src/federation/partitioners/index.js";
import type { Engine } from "../../../src/kernels/index.js";
import { digest } from "../../support/digest.js";

/** The same bytes in both builds, in Node and in browsers; frozen from the first run, so that a change is noticed. */
const golden: readonly (readonly [PartitionSpec, string])[] = [
  [{ kind: "iid" }, "bc009e34"],
  [{ kind: "dirichlet", concentration: 0.3 }, "4d3beb10"],
  [{ kind: "shards", shardsPerClient: 2 }, "457f9204"],
];

export function reproducesGoldenPartitions(engineOf: () => Engine): void {
  it.each(golden)("deals %j to the same clients everywhere", (spec, expected) => {
    const labels = Int32Array.from({ length: 997 }, (_, row) => (row * row) % 7);
    const rows = partition(engineOf(), spec, { count: 997, clients: 13, labels, seed: 2 ** 40 + 3 });
    expect(digest(...rows)).toBe(expected);
  });
}
