import { expect, it } from "vitest";
import { describePartition, partition } from "../../../src/federation/partitioners/index.js";
import { describeEngines } from "../../support/engines.js";

describeEngines("shards", (engineOf) => {
  it("gives a client at most shardsPerClient classes where shards do not straddle classes", () => {
    const labels = Int32Array.from({ length: 600 }, (_, row) => row % 10);
    for (const shardsPerClient of [1, 2, 3]) {
      const clients = 60 / shardsPerClient;
      const rows = partition(engineOf(), { kind: "shards", shardsPerClient }, { count: 600, clients, labels, seed: 9 });
      const { counts } = describePartition(labels, rows);
      for (const count of counts) {
        expect(count.filter((each) => each > 0).length).toBeLessThanOrEqual(shardsPerClient);
        for (const each of count) expect(each % 10).toBe(0);
      }
    }
  });

  it("makes shards of sizes that differ by at most 1", () => {
    const labels = Int32Array.from({ length: 101 }, (_, row) => row % 3);
    const sizes = partition(
      engineOf(),
      { kind: "shards", shardsPerClient: 1 },
      { count: 101, clients: 7, labels, seed: 9 },
    ).map((rows) => rows.length);
    expect(new Set(sizes)).toEqual(new Set([14, 15]));
  });
});
