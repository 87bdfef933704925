import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { Drawn } from "../../../src/report/elements.js";
import { columnShapePlot } from "../../../src/report/plots/column-shape.js";
import { lossPlot } from "../../../src/report/plots/loss.js";
import { mmseCurvePlot } from "../../../src/report/plots/mmse-curve.js";
import { logTicks } from "../../../src/report/plots/plot.js";
import { servedClientsPlot } from "../../../src/report/plots/served-clients.js";

const { document } = parseHTML("<html><body></body></html>");
const labels = (drawn: Drawn<SVGElement>, axis: "x" | "y") =>
  [...drawn(document).querySelectorAll(`[data-mark="${axis}-axis tick label"] text`)].map((text) => text.textContent);

describe("ticks of a logarithmic axis", () => {
  test("are in order, within its ends, at least one for each factor of 10 and at most ten", () => {
    const ends = fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.double({ min: 1, max: 12, noNaN: true }));
    fc.assert(
      fc.property(ends, ([exponent, span]) => {
        const [low, high] = [10 ** exponent, 10 ** (exponent + span)];
        const ticks = logTicks(low, high);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(12);
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
        expect(ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
      }),
    );
  });

  test.each([
    [0.9, 12, [1, 2, 5, 10]],
    [1e-4, 1e2, [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100]],
    [1e-12, 1e4, [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1, 100, 1e4]],
  ])("from %d to %d", (low, high, expected) => {
    expect(logTicks(low, high)).toEqual(expected);
  });
});

describe("numbers beside the axes", () => {
  test("a loss that falls by a tenth has them from end to end", () => {
    expect(labels(lossPlot([1, 0.98, 0.95, 0.92, 0.9]), "y")).toEqual(["0.9", "0.92", "0.94", "0.96", "0.98", "1"]);
  });

  test("a loss has its last value at its end, and its last round below it", () => {
    const svg = lossPlot([20, 3, 0.4, 0.11])(document);
    const texts = [...svg.querySelectorAll('[data-mark="text"] text')].map((text) => text.textContent);
    expect(texts).toEqual(["0.1100"]);
    expect(labels(lossPlot([20, 3, 0.4, 0.11]), "x").at(-1)).toBe("4");
  });

  test("the axis of a loss holds what its clients have lost", () => {
    const ends = [{ low: 0.5, high: 2 }, undefined, { low: 0.8, high: 1.1 }];
    expect(labels(lossPlot([1, 0.95, 0.9], ends), "y")).toEqual(["0.5", "1", "1.5", "2"]);
  });

  test("a column of large numbers has so few that they do not meet", () => {
    const ticks = (high: number) => {
      const edges = Array.from({ length: 11 }, (_, bin) => (bin * high) / 10);
      const axis = { kind: "number", scale: "linear", isDate: false, edges, atoms: [] } as const;
      const counted = { bins: edges.slice(1).map(() => 3), atoms: [], gaps: 0 };
      const column = { name: "x", axis, train: counted, synthetic: counted, invalid: 0, unknown: 0 };
      return labels(columnShapePlot(column, counted, "x"), "x");
    };
    expect(ticks(800)).toEqual(["0", "200", "400", "600", "800"]);
    expect(ticks(8e8)).toEqual(["0", "5.0 \u00d7 10\u2078"]);
  });

  test("clients have their numbers of rows, also where these are nearly one, and the name of the other axis above it", () => {
    const plot = (rows: number[]) =>
      servedClientsPlot(rows.map((count, at) => ({ label: `${at}`, rows: count, synthetic: 0.8, real: 0.9 })));
    expect(labels(plot([67, 68]), "x")).toEqual(["67"]);
    expect(labels(plot([67, 90]), "x")).toEqual(["67", "90"]);
    expect(labels(plot([10, 100]), "x")).toEqual(["10", "20", "50", "100"]);
    const drawn = plot([67, 90])(document);
    const heights = [...drawn.querySelectorAll('[data-mark="y-axis tick label"] text')].map((text) =>
      Number(/,([\d.]+)\)/.exec(text.getAttribute("transform") ?? "")?.[1]),
    );
    expect(Math.min(...heights)).toBeGreaterThan(20);
  });

  test("a loss that falls by much has those of its powers of ten", () => {
    expect(labels(lossPlot([20, 3, 0.4, 0.11]), "y")).toEqual(["0.1", "1", "10"]);
  });

  test("what is rounding beside the largest mmse is not drawn", () => {
    const points = (mmse: number[]) => {
      const curve = mmseCurvePlot([0.1, 1, 10], mmse)(document).querySelector('[data-mark="line"] path');
      return curve?.getAttribute("d")?.match(/[ML]/g)?.length;
    };
    expect(points([1, 1e-3, 1e-9])).toBe(3);
    expect(points([1, 1e-3, 1e-11])).toBe(2);
  });
});
