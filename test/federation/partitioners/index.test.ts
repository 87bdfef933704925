import fc from "fast-check";
import { expect, it } from "vitest";
import { ArgumentError } from "../../../src/errors.js";
import { type PartitionSpec, partition, partitioners } from "../../../src/federation/partitioners/index.js";
import { oneOf } from "../../../src/fields.js";
import { describeEngines } from "../../support/engines.js";
import { arbitrarySpecIn, specsOf } from "../../support/specs.js";
import { reproducesGoldenPartitions } from "./golden.js";

const specs = arbitrarySpecIn(partitioners);

/** What a rule deals; settings that ask for more rows than there are are drawn anew. */
function dealt(work: () => Uint32Array[]): Uint32Array[] {
  try {
    return work();
  } catch (error) {
    fc.pre(!(error instanceof ArgumentError && error.argument.startsWith("partition.")));
    throw error;
  }
}

describeEngines("partition", (engineOf) => {
  reproducesGoldenPartitions(engineOf);

  it("gives every row to exactly one client, ascending, none empty", () => {
    const sizes = fc
      .integer({ min: 1, max: 40 })
      .chain((clients) =>
        fc.record({ clients: fc.constant(clients), count: fc.integer({ min: 3 * clients, max: 300 }) }),
      );
    const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(specs, sizes, seeds, fc.integer({ min: 1, max: 12 }), (spec, { clients, count }, seed, classes) => {
        const labels = Int32Array.from({ length: count }, (_, row) => (row * 37 + (row >> 3)) % classes);
        const owners = Int32Array.from({ length: count }, (_, row) => (row * 7 + seed) % clients);
        const owned = new Set(owners).size === clients;
        fc.pre(spec.kind !== "column" || owned);
        const rows = dealt(() => partition(engineOf(), spec, { count, clients, labels, owners, seed }));
        expect(rows).toHaveLength(clients);
        // A plain Dirichlet draw may leave a client without rows, and says so.
        const mayBeEmpty = "minimumSamples" in spec && spec.minimumSamples === 0;
        expect(mayBeEmpty || rows.every((held) => held.length > 0)).toBe(true);
        for (const held of rows) expect(held).toEqual(held.slice().sort());
        expect(rows.flatMap((held) => [...held]).sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, row) => row),
        );
      }),
    );
  });

  it("deals otherwise for another seed", () => {
    const labels = Int32Array.from({ length: 100 }, (_, row) => row % 5);
    for (const spec of specsOf(partitioners).filter(({ kind }) => kind !== "column")) {
      const deal = (seed: number) => partition(engineOf(), spec, { count: 100, clients: 5, labels, seed });
      expect(deal(1)).toEqual(deal(1));
      expect(deal(1)).not.toEqual(deal(2));
    }
  });

  it("gives each client the rows that it owns, for any seed", () => {
    const owners = Int32Array.of(2, 0, 0, 2, 1);
    const deal = (seed: number) => partition(engineOf(), { kind: "column" }, { count: 5, clients: 3, owners, seed });
    expect(deal(1)).toEqual([Uint32Array.of(1, 2), Uint32Array.of(4), Uint32Array.of(0, 3)]);
    expect(deal(2)).toEqual(deal(1));
  });

  it("refuses owners that are none", () => {
    const deal = (owners?: Int32Array) =>
      partition(engineOf(), { kind: "column" }, { count: 3, clients: 2, seed: 1, ...(owners && { owners }) });
    expect(() => deal()).toThrow('owners must be given for a partition of kind "column", got undefined');
    expect(() => deal(Int32Array.of(0, 1))).toThrow("owners must have 3 entries, got 2");
    expect(() => deal(Int32Array.of(0, 2, 1))).toThrow("owners[1] must lie in [0, 1], got 2");
    expect(() => deal(Int32Array.of(0, 0, -1))).toThrow("owners[2] must lie in [0, 1], got -1");
  });

  it("refuses what cannot be dealt", () => {
    const deal = (spec: PartitionSpec, clients: number, labels?: Int32Array) =>
      partition(engineOf(), spec, { count: 10, clients, seed: 1, ...(labels && { labels }) });
    const labels = new Int32Array(10);
    expect(() => deal({ kind: "iid" }, 0)).toThrow("clients must be an integer >= 1, got 0");
    expect(() => deal({ kind: "iid" }, 11)).toThrow("clients must not exceed the 10 rows, got 11");
    expect(() => deal({ kind: "iid" }, 2, new Int32Array(9))).toThrow(
      "labels must have one label for each of 10 rows, got 9",
    );
    expect(() => deal({ kind: "dirichlet", concentration: 1 }, 2)).toThrow(
      'labels must be given for a partition of kind "dirichlet", got undefined',
    );
    expect(() => deal({ kind: "shards", shardsPerClient: 1 }, 2)).toThrow(
      'labels must be given for a partition of kind "shards"',
    );
    expect(() => deal({ kind: "dirichlet", concentration: 0 }, 2, labels)).toThrow(
      "partition.concentration must lie in (0, inf), got 0",
    );
    expect(() => deal({ kind: "dirichlet", concentration: 1, minimumSamples: 6 }, 2, labels)).toThrow(
      "partition.minimumSamples must not exceed 10 rows / 2 clients, got 6",
    );
    expect(() => deal({ kind: "shards", shardsPerClient: 6 }, 2, labels)).toThrow(
      "partition.shardsPerClient must leave a row for each shard of 2 clients and 10 rows, got 6",
    );
    // @ts-expect-error: not a kind of partition.
    expect(() => deal({ kind: "sorted" }, 2)).toThrow(
      `partition.kind ${oneOf(Object.keys(partitioners))}, got "sorted"`,
    );
  });

  it("says where each rule comes from", () => {
    for (const { source } of Object.values(partitioners)) expect(source).toMatch(/arXiv \d{4}\.\d{5}/);
  });
});
