import { describe, expect, it } from "vitest";
import { regressions } from "../../bench/harness/regression.mjs";
import type { Row } from "../../bench/harness/row.mjs";

const compare = (before: Row[], now: Row[]) => regressions({ name: "gemm", rows: now }, { rows: before });

function oneRow(ratioBefore: number, ratioNow: number, more: Partial<Row> = {}) {
  return compare([{ name: "a", ratio: ratioBefore, ...more }], [{ name: "a", ratio: ratioNow, ...more }]);
}

describe("regressions against the committed results", () => {
  it("names the row and both ratios where one got worse beyond the noise", () => {
    expect(oneRow(2, 1.5)).toEqual(["gemm: a: ratio 2.00 before, 1.50 now (-25 %, noise 15 %)"]);
  });

  it("keeps quiet within the noise and about what got better", () => {
    expect(oneRow(2, 1.8)).toEqual([]);
    expect(oneRow(2, 3)).toEqual([]);
  });

  it("takes twice the spreads of both runs for noise where that is more", () => {
    expect(oneRow(2, 1.5, { spread: 0.07 })).toEqual([]);
    expect(oneRow(2, 1.3, { spread: 0.07 })).toHaveLength(1);
  });

  it("small ratios are good where the target bounds the ratio from above, and only there", () => {
    expect(oneRow(1, 1.3, { target: "ratio <= 1.5" })).toHaveLength(1);
    expect(oneRow(1, 0.7, { target: "ratio <= 1.5" })).toEqual([]);
    expect(oneRow(1, 1.3, { target: "value <= 60" })).toEqual([]);
    expect(oneRow(1, 0.7, { target: "value <= 60" })).toHaveLength(1);
  });

  it("ignores rows that are new, gone, skipped or without a ratio", () => {
    expect(compare([{ name: "gone", ratio: 2 }], [{ name: "new", ratio: 1 }])).toEqual([]);
    expect(compare([{ name: "a", ratio: 2 }], [{ name: "a", skipped: "no such library" }])).toEqual([]);
    expect(compare([{ name: "a", value: 1 }], [{ name: "a", ratio: 1 }])).toEqual([]);
  });

  it("tells rows of one name apart by their peer, and follows a single row to another peer", () => {
    const rows = [
      { name: "a", peer: "slow", ratio: 10 },
      { name: "a", peer: "fast", ratio: 1 },
    ];
    expect(compare(rows, rows)).toEqual([]);
    expect(compare([{ name: "a", peer: "x", ratio: 2 }], [{ name: "a", peer: "y", ratio: 1 }])).toHaveLength(1);
  });
});
