import { expect, it } from "vitest";
import { allCommitted } from "../../bench/harness/results.mjs";

it("no committed rate of ours is above the processor's peak", () => {
  const rows = allCommitted().flatMap((result) => result.rows);
  const peaks = rows.flatMap(({ peer, peerValue }) => (peer === "128-bit FMA peak" && peerValue ? [peerValue] : []));
  const peak = Math.max(...peaks);
  expect(peak).toBeGreaterThan(1);
  const above = rows.filter(({ unit, value = 0 }) => unit === "GFLOP/s" && value > 1.02 * peak);
  expect(above.map(({ name, value }) => `${name}: ${value}`)).toEqual([]);
});
