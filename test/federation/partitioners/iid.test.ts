import { expect, it } from "vitest";
import { partition } from "../../../src/federation/partitioners/index.js";
import { describeEngines } from "../../support/engines.js";

describeEngines("iid", (engineOf) => {
  it("gives clients sizes that differ by at most 1", () => {
    for (const [count, clients] of [
      [10, 3],
      [97, 10],
      [5, 5],
      [1000, 7],
    ] as const) {
      const sizes = partition(engineOf(), { kind: "iid" }, { count, clients, seed: 5 }).map((rows) => rows.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it("puts each row with each client equally often", () => {
    const [runs, count, clients] = [2000, 12, 4];
    const hits = Array.from({ length: clients }, () => new Float64Array(count));
    for (let seed = 0; seed < runs; seed++) {
      partition(engineOf(), { kind: "iid" }, { count, clients, seed }).forEach((rows, client) => {
        for (const row of rows) hits[client][row]++;
      });
    }
    // Binomial(2000, 1/4): 5 standard deviations of each of 48 counts, false alarm below 3e-5.
    const deviation = Math.sqrt((runs / clients) * (1 - 1 / clients));
    for (const perRow of hits)
      for (const hit of perRow) expect(Math.abs(hit - runs / clients)).toBeLessThan(5 * deviation);
  });
});
