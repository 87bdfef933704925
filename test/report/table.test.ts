import { parseHTML } from "linkedom";
import { beforeAll, describe, expect, it } from "vitest";
import { inspectResult } from "../../src/cli/inspect/result.js";
import { measuresOf } from "../../src/report/compare/measures.js";
import { renderReport } from "../../src/report/index.js";
import { computed } from "../support/computed.js";
import { simdEngine } from "../support/engines.js";
import { judgedTable, type TableResult } from "../support/judged-table.js";
import { reportResult } from "../support/report-input.js";

const engine = await simdEngine();
const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };

describe("what a report says of a synthetic table", () => {
  let table: TableResult;
  let document: Document;
  beforeAll(async () => {
    table = await judgedTable(engine);
    ({ document } = parseHTML(renderReport(reportResult({ table }))));
  });

  const valuesOf = (section: string, row: string) =>
    [...document.querySelectorAll(`#${section} tbody tr`)]
      .filter(({ children }) => children[0].textContent?.startsWith(row))
      .flatMap((found) => [...found.querySelectorAll("td")])
      .map((cell) => cell.querySelector("data")?.getAttribute("value") ?? cell.textContent);

  it("has each measure of the rows beside those of real rows and of simple generators", () => {
    const quality = computed(computed(table.synthetic).quality);
    const simple = Object.values(table.baselines).map((judged) => computed(judged));
    expect(valuesOf("table-quality", "overall quality")).toEqual([
      String(quality.overall.value),
      "–",
      ...simple.map((judged) => String(computed(judged.quality).overall.value)),
    ]);
    const real = computed(computed(table.real).quality);
    expect(valuesOf("table-quality", "overall, 24 rows").slice(0, 2)).toEqual([
      String(quality.equalRows.overall.value),
      String(real.equalRows.overall.value),
    ]);
    const [detection] = valuesOf("table-quality", "detection");
    expect(detection).toBe(String(computed(computed(table.synthetic).detection).value));
    expect(valuesOf("table-quality", "foretelling outcome").length).toBe(4);
  });

  it("pictures every column with the cells of both tables, and counts those that are none", () => {
    const columns = computed(table.columns);
    columns.forEach((column, place) => {
      const svg = document.getElementById(`column-${place + 1}-title`)?.parentElement;
      const bars = column.axis.kind === "category" ? 2 * column.axis.names.length : column.axis.edges.length - 1;
      const drawn = svg?.querySelectorAll('[data-mark="bar"] rect, [data-mark="rect"] rect').length;
      expect(drawn).toBe(bars);
    });
    expect(valuesOf("table-columns", "3 cost").slice(-2)).toEqual(["0", "2"]);
    expect(document.getElementById("table-columns")?.textContent).toContain("2 cells are of categories");
    const cost = document.querySelectorAll("#table-columns .panel")[2].textContent;
    expect(cost).toMatch(/^3 cost0 in \d+(\.\d+)? % \(synthetic \d+(\.\d+)? %\)missing in /);
  });

  it("has a matrix of pairs of each generator's rows", () => {
    const cells = [...document.querySelectorAll("#table-quality svg")].map(
      (svg) => svg.querySelectorAll('[data-mark="cell"] rect').length,
    );
    expect(cells.filter((count) => count === 6).length).toBe(3);
  });

  it("has the first rows, what they give away, and how clients are served", () => {
    expect(document.querySelectorAll("#table-rows tbody tr").length).toBe(10);
    const { privacy } = computed(table.synthetic);
    expect(valuesOf("table-privacy", "Closest record")[0]).toBe(String(computed(privacy).closestRecordShare.value));
    const words = document.getElementById("table-privacy")?.textContent ?? "";
    expect(words).toContain("Training added no noise");
    expect(words).toContain("of 40 synthetic rows are equal to one of the 60 training rows");
    const { judged } = computed(table.clients);
    const rows = [...document.querySelectorAll("#table-clients tbody tr")].map((row) => row.children[0].textContent);
    expect(rows).toEqual(judged.map(({ name }) => name));
    const said = document.getElementById("table-clients")?.textContent;
    expect(said).toContain(`the smallest client that is judged, ${judged[0].name} with ${judged[0].rows} rows`);
  });

  it("is told in the verdict, by inspect and among the measures of compared runs", () => {
    const value = computed(computed(table.synthetic).quality).overall.value ?? Number.NaN;
    expect(document.querySelector(".verdict")?.textContent).toContain(
      `the synthetic table has an overall quality of ${value.toPrecision(3)} of 1`,
    );
    const facts = new Map(inspectResult(reportResult({ table })));
    expect(facts.get("table")).toMatch(new RegExp(`^quality ${value.toPrecision(4)} \\(shapes .*Gaussian copula`));
    expect(facts.get("use")).toMatch(/^outcome foretold with /);
    const measures = measuresOf([reportResult({ table }), reportResult()]);
    expect(measures.find(({ name }) => name === "quality of the table")?.values).toEqual([{ value }, null]);
    expect(measures.find(({ name }) => name === "detection of synthetic rows")?.values[0]).toHaveProperty("low");
  });

  it("has each target with what is reached, on the page, in the terminal and among compared runs", () => {
    const reached = { asked: 0, value: 0.8, met: false };
    const targets: TableResult["targets"] = {
      quality: { ...reached, asked: 0.93, low: 0.93, missedBy: 0.13 },
      reference: { asked: 0.02, value: null, reason: "the config asks for no reference" },
      closestRecord: { ...reached, asked: 0.03, value: 0.51, low: 0.47, high: 0.53, met: true, missedBy: 0 },
    };
    const result = reportResult({ table: { ...table, targets } });
    const { document: page } = parseHTML(renderReport(result));
    const rows = [...page.querySelectorAll("#table-targets tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows).toEqual([
      ["overall quality", "0.8000", "at least 0.93", "missed by 0.13"],
      ["overall quality beside the reference", "–", "–", "not known: the config asks for no reference"],
      ["closest record share", "0.5100", "0.47 to 0.53", "met"],
    ]);
    expect(page.querySelector("#table-targets .note")?.textContent).toBe("1 of 3 targets are met.");
    expect(page.getElementById("table-targets-margins-desc")?.textContent).toBe(
      "overall quality: missed by 0.13; closest record share: met by 0.020",
    );
    expect(page.querySelectorAll('#table-targets .wide [data-mark="bar"] rect').length).toBe(2);
    expect(inspectResult(result).filter(([label]) => label.startsWith("target "))).toEqual([
      ["target missed", "overall quality 0.8000, at least 0.93, by 0.1300"],
      ["target open", "overall quality beside the reference: the config asks for no reference"],
      ["target met", "closest record share 0.5100, 0.47 to 0.53"],
    ]);
    const missed = measuresOf([result, reportResult()]).filter(({ name }) => name.startsWith("target missed by: "));
    expect(missed.map(({ name, values }) => [name.slice(18), values])).toEqual([
      ["overall quality", [{ value: 0.13 }, null]],
      ["closest record share", [{ value: 0 }, null]],
    ]);
    expect(document.getElementById("table-targets")).toBeNull();
  });

  it("is left out where there is none, and says what could not be computed elsewhere", () => {
    expect(renderReport(reportResult())).not.toContain('id="table-');
    const { document: page } = parseHTML(renderReport(reportResult({ table: failed })));
    expect(page.querySelectorAll('[id^="table-"]').length).toBe(0);
    expect(page.getElementById("not-computed")?.textContent).toContain("made to fail");
    expect(new Map(inspectResult(reportResult({ table: failed }))).get("table")).toBe("not computed: made to fail");
  });

  it("goes on where parts of it are missing", () => {
    const { document: page } = parseHTML(
      renderReport(reportResult({ table: { ...table, synthetic: failed, columns: failed, examples: failed } })),
    );
    expect(page.getElementById("table-columns")).toBeNull();
    expect(page.getElementById("table-rows")).toBeNull();
    const cells = [...page.querySelectorAll("#table-quality tbody tr")].map((row) => row.children[1].textContent);
    expect(new Set(cells)).toEqual(new Set(["not computed"]));
  });
});
