import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type ComparedRun, renderComparison } from "../../src/report/compare/index.js";
import { measuresOf, valueWords } from "../../src/report/compare/measures.js";
import { plain } from "../../src/report/format.js";
import { reportResult } from "../support/report-input.js";
import { reportLaw } from "../support/report-law.js";
import { reportTheory } from "../support/report-theory.js";

const theory = reportTheory();
const plainRun = reportResult();
const bounded = reportResult({ ...theory, training: { ...plainRun.training, loss: [3, 2, 0.25], seconds: 75 } });
const rows = reportResult({ certificate: theory.certificate, dataLaw: reportLaw() });
const runs: readonly ComparedRun[] = [
  { label: "first", result: plainRun },
  { label: "second", result: bounded },
  { label: "third <b>", result: rows },
];
const valuesOf = (name: string) =>
  measuresOf(runs.map(({ result }) => result)).find((each) => each.name === name)?.values;

describe("measures of runs", () => {
  it("have each run's own value in its place, and null where it has none", () => {
    const { upper } = theory.certificate;
    expect(valuesOf("certificate")).toEqual([null, { high: upper }, null]);
    expect(valuesOf("certificate of the training rows")).toEqual([null, null, { high: upper }]);
    expect(valuesOf("loss, last round")).toEqual(
      [plainRun, bounded, rows].map(({ training }) => ({ value: training.loss.at(-1) })),
    );
    expect(valuesOf("MMD of the laws")).toEqual([
      null,
      null,
      { low: reportLaw().mmd.lower, high: reportLaw().mmd.upper },
    ]);
    const { value, low, high } = { value: 0.0621, low: 0.05, high: 0.075 };
    expect(valuesOf("Sliced Wasserstein-2")).toEqual([
      { value, low, high },
      { value, low, high },
      { value, low, high },
    ]);
  });

  it("are left out where no run has them, as are parts that could not be computed", () => {
    const failed = { notComputed: "made to fail", code: "FEDSCORE_NON_FINITE" as const };
    const names = measuresOf([reportResult({ certificate: failed, klInterval: failed, measured: {} })]).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      ...["loss, last round", "rounds", "clients", "parameters", "least coverage", "training", "arithmetic"],
      ...["traffic up, as encoded", "traffic down, as encoded"],
    ]);
  });

  it("say in words which end a number is", () => {
    const words = { words: (value: number) => String(value) };
    expect(valueWords(words, { value: 2, low: 1, high: 3 }, plain)).toBe("2 (1 to 3)");
    expect(valueWords(words, { value: 2 }, plain)).toBe("2");
    expect(valueWords(words, { low: 1, high: 3 }, plain)).toBe("1 to 3");
    expect(valueWords(words, { high: 3 }, plain)).toBe("at most 3");
    expect(valueWords(words, { low: 1 }, plain)).toBe("at least 1");
    expect(valueWords(words, null, plain)).toBeUndefined();
  });
});

describe("the page of runs side by side", () => {
  const html = renderComparison(runs);
  const { document } = parseHTML(html);
  const textOf = (id: string) => document.getElementById(id)?.textContent ?? "";

  it("fetches nothing, has unique ids, and reads no label as markup", () => {
    expect(html).not.toMatch(/https?:|@import|url\(|NaN|undefined|\[object/);
    expect(document.querySelector("script, link, b, [href]")).toBeNull();
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(renderComparison(runs)).toBe(html);
  });

  it("has curves, bounds, measures and what each comes to", () => {
    expect(document.querySelectorAll('.wide [data-mark="line"]').length).toBe(3);
    expect(textOf("compared-bounds-desc")).toContain("first: none; second: ");
    expect(textOf("compared-bounds-desc")).toContain("third <b>: none");
    expect(textOf("verdicts")).toContain("3 third <b>");
    const head = [...document.querySelectorAll("#measures thead th")].map((cell) => cell.textContent);
    expect(head).toEqual(["measure", "1 first", "2 second", "3 third <b>"]);
    expect(textOf("config")).toContain("The configs say the same.");
    expect(document.querySelector("header .unmet")).toBeNull();
  });

  it("warns where the data differ, and shows what configs differ in", () => {
    const { config, checksums } = plainRun;
    const other = reportResult({ config: { ...config, seed: 7 }, checksums: { ...checksums, data: "e".repeat(64) } });
    const page = parseHTML(renderComparison([runs[0], { label: "other", result: other }])).document;
    expect(page.querySelector("header .unmet")?.textContent).toContain("different data");
    const cells = [...page.querySelectorAll("#config tbody tr > *")].map((cell) => cell.textContent);
    expect(cells).toEqual(["seed", String(config.seed), "7"]);
  });

  it.each<[string, unknown, string]>([
    ["none", undefined, "runs must be an array, got undefined"],
    ["no run", [], "runs must have at least one run, got 0"],
    ["no label", [{ result: plainRun }], "runs[0].label must be a string, got undefined"],
    ["a label twice", [runs[0], runs[0]], 'runs[1].label must be another one for each run, got "first"'],
    ["no result", [{ label: "a", result: {} }], "runs[0].result.schemaVersion must be as in result.json ("],
  ])("arguments are named where they are wrong: %s", (_, value, message) => {
    expect(() => Reflect.apply(renderComparison, undefined, [value])).toThrow(message);
  });
});
