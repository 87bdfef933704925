import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { inspectResult } from "../../src/cli/inspect/result.js";
import { renderReport } from "../../src/report/index.js";
import type { Judged } from "../../src/report/parts.js";
import { reportResult } from "../support/report-input.js";

const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
const around = (value: number) => ({ value, low: value - 0.01, high: value + 0.02 });
const classes = [
  { name: "4", data: around(0.625), samples: around(0.5) },
  { name: "9", data: around(0.375), samples: around(0.25) },
];
const judged: Judged = {
  classifier: { accuracy: around(0.9731), features: 128, rows: 5000 },
  scores: {
    classifierFrechet: { ...around(12.5), better: "lower", floor: around(4.25), reference: around(8.125) },
    precision: { ...around(0.8125), better: "higher", floor: around(0.9375) },
    recall: { ...failed, better: "higher", floor: failed },
    conditionalAccuracy: null,
  },
  histogram: classes,
};
const pageOf = (part: Judged | typeof failed | undefined) =>
  renderReport(reportResult(part === undefined ? {} : { judged: part }));

describe("what a report says of the judges", () => {
  it("is left out where there are none, or where they could not be heard, which is said elsewhere", () => {
    expect(pageOf(undefined)).not.toContain('<section id="judged">');
    const page = pageOf(failed);
    expect(page).not.toContain('<section id="judged">');
    expect(page).toContain("<code>judged</code>");
  });

  it("has each score beside its floor and its reference, and which way is good", () => {
    const { document } = parseHTML(pageOf(judged));
    const rows = [...document.querySelectorAll("#judged tbody tr")].map((row) => ({
      heading: row.children[0].textContent,
      values: [...row.querySelectorAll("td")].map(
        (cell) => cell.querySelector("data")?.getAttribute("value") ?? cell.textContent,
      ),
    }));
    expect(rows).toEqual([
      { heading: "Fréchet distance of features, squaredlower is better", values: ["12.5", "4.25", "8.125"] },
      { heading: "Precisionhigher is better", values: ["0.8125", "0.9375", "–"] },
      { heading: "Recallhigher is better", values: ["not computed", "not computed", "–"] },
    ]);
    const text = document.getElementById("judged")?.textContent ?? "";
    expect(text).toContain("finds the class of 97.3 % of held-out rows");
    expect(text).toContain("Conditional accuracy: no class was asked for.");
  });

  it("draws a bar for each class of the samples and a line for the same of the data", () => {
    const { document } = parseHTML(pageOf(judged));
    const svg = document.getElementById("class-histogram-title")?.parentElement;
    expect(svg?.querySelectorAll('[data-mark="bar"] rect').length).toBe(2);
    expect(svg?.querySelectorAll('[data-mark="tick"] line').length).toBe(2);
    expect(svg?.querySelector("desc")?.textContent).toBe(
      "4: 50 % of the samples, 62.5 % of the data; 9: 25 % of the samples, 37.5 % of the data",
    );
    const heights = [...(svg?.querySelectorAll('[data-mark="bar"] rect') ?? [])].map((bar) =>
      Number(bar.getAttribute("height")),
    );
    expect(heights[0]).toBeGreaterThan(1.8 * heights[1]);
    const alone = { ...judged, histogram: classes.map(({ name, data }) => ({ name, data })) };
    expect(pageOf(alone)).toContain("4: 62.5 % of the data; 9: 37.5 % of the data");
  });

  it("goes on without accuracy and histogram", () => {
    const page = pageOf({ ...judged, classifier: { ...judged.classifier, accuracy: failed }, histogram: failed });
    expect(page).toContain("has an accuracy that could not be computed");
    expect(page).not.toContain("class-histogram-title");
    for (const part of ["judged.classifier.accuracy", "judged.histogram"])
      expect(page).toContain(`<code>${part}</code>`);
  });

  it("is what inspect says in its lines", () => {
    const facts = new Map(inspectResult(reportResult({ judged })));
    expect(facts.get("judges")).toBe("by a classifier, right on 97.31 % of held-out rows");
    expect(facts.get("classifierFrechet")).toBe("12.50 (12.49 to 12.52); floor 4.250, dense 8.125");
    expect(facts.get("recall")).toBe("not computed: made to fail; floor not computed: made to fail");
    expect(facts.has("conditionalAccuracy")).toBe(false);
    expect(new Map(inspectResult(reportResult({ judged: failed }))).get("judges")).toBe("not computed: made to fail");
  });
});
