import { describe, expect, it } from "vitest";
import { against, row, skipped } from "../../bench/harness/row.mjs";

describe("rows of a result", () => {
  it("a target on the ratio or on the value decides whether it is met, bounds included", () => {
    const line = { name: "a", value: 60, unit: "ms", ratio: 1.5 };
    expect(row({ ...line, target: "ratio >= 1.5" }).met).toBe(true);
    expect(row({ ...line, target: "ratio >= 1.6" }).met).toBe(false);
    expect(row({ ...line, target: "ratio <= 1.4" }).met).toBe(false);
    expect(row({ ...line, target: "value <= 60" }).met).toBe(true);
    expect(row({ ...line, target: "value <= 59.9" }).met).toBe(false);
  });

  it("a target on what was not measured is missed", () => {
    expect(row({ name: "a", target: "ratio >= 1" }).met).toBe(false);
  });

  it("a row without a target has no verdict, and keeps what else it says", () => {
    const line = row({ name: "a", value: 1, unit: "ms", note: "for scale" });
    expect(line).not.toHaveProperty("met");
    expect(line).toMatchObject({ name: "a", value: 1, unit: "ms", note: "for scale" });
  });

  it("a skipped row has its target and the reason alone", () => {
    expect(skipped("a", "ratio >= 1", "no such library")).toEqual({
      name: "a",
      target: "ratio >= 1",
      skipped: "no such library",
    });
  });

  it("a row of a contest has both times in its unit and the spread of ours", () => {
    const ours = { entry: { label: "ours" }, best: 0.002, median: 0.003, spread: 0.1, ratio: 1 };
    const peer = { entry: { label: "theirs" }, best: 0.006, median: 0.007, spread: 0.2, ratio: 3 };
    const line = against("step", "ms", (seconds) => 1000 * seconds, ours, peer, "ratio >= 2", { note: "n" });
    const expected = { peer: "theirs", ratio: 3, met: true, spread: 0.1, note: "n" };
    expect(line).toMatchObject({ name: "step", value: 2, peerValue: 6, median: 3, peerMedian: 7, ...expected });
  });
});
