import { describe, expect, it } from "vitest";
import { cells, table } from "../../bench/harness/table.mjs";

const rows = [
  {
    name: "a long name",
    value: 1.23456,
    unit: "ms",
    peer: "peer",
    peerValue: 2.5,
    ratio: 2.02,
    target: "ratio >= 2",
    met: true,
  },
  { name: "b", value: 12345.6, unit: "GFLOP/s", ratio: 0.5, target: "ratio >= 1", met: false },
  { name: "c", target: "ratio >= 1", skipped: "no such library" },
  { name: "d", value: 0.001234 },
];

describe("table in the terminal", () => {
  it("columns begin at the same place in every line", () => {
    const lines = table(rows).split("\n");
    expect(lines).toHaveLength(5);
    for (const column of ["fedscore", "peer", "ratio", "target", "met"]) {
      const at = lines[0].indexOf(column);
      for (const line of lines) expect(line.slice(at - 2, at).trim()).toBe("");
    }
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  it("shows verdicts, and why a row was skipped", () => {
    expect(cells(rows).map((line) => line.at(-1))).toEqual(["met", "yes", "NO", "skipped: no such library", ""]);
    expect(table(rows)).toMatch(/ratio >= 1 +skipped: no such library$/m);
  });

  it("shows three digits with their unit", () => {
    expect(cells(rows).map((line) => line[1])).toEqual(["fedscore", "1.23 ms", "12346 GFLOP/s", "", "1.23e-3"]);
    expect(cells([{ name: "", value: 999.7 }])[1][1]).toBe("1000");
    expect(cells([{ name: "", value: 123456.7 }])[1][1]).toBe("1.23e+5");
    expect(cells([{ name: "", value: 256 }])[1][1]).toBe("256");
  });
});
