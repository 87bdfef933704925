import { describe, expect, test } from "vitest";
import { renderReport } from "../../src/report/index.js";
import { ofEachTerm } from "../../src/theory/apriori/gradient-terms.js";
import { reportResult } from "../support/report-input.js";
import { reportTheory } from "../support/report-theory.js";

const page = (overrides: Parameters<typeof reportResult>[0] = {}) =>
  renderReport(reportResult({ ...reportTheory(), ...overrides }));

describe("sections of the theory", () => {
  test("are left out of a run without theory", () => {
    const plain = renderReport(reportResult());
    for (const id of ["certificate", "sandwich", "apriori"]) expect(plain).not.toContain(`<section id="${id}">`);
  });

  test("carry every number with its meaning, and no NaN", () => {
    const text = page();
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    for (const value of ["0.131", "0.2074", "0.1496", "0.0684"]) expect(text).toContain(`<data value="${value}"`);
    for (const id of ["certificate-terms", "mmse", "sandwich", "gradient-terms"])
      expect(text).toContain(`id="${id}-title"`);
    expect(text).toContain("20,480 forward paths");
    expect(text).toContain("95 % confidence");
  });

  test("a vacuous part names its reason and has no number", () => {
    const text = page();
    expect(text).toContain("vacuous: eta T_l L &lt;= 1/2: it is 3.1");
    expect(text).toContain('<strong class="unmet">not met</strong>');
  });

  test("terms and constants that nothing is known of are dashes", () => {
    const { apriori } = reportTheory();
    const { gradient } = apriori;
    const text = page({
      apriori: {
        ...apriori,
        gradient: {
          ...gradient,
          measured: null,
          terms: ofEachTerm((name) => ({ ...gradient.terms[name], value: null })),
          constants: { ...gradient.constants, smoothness: { value: null, how: "largest quotient along the run" } },
          perProbe: gradient.perProbe.map((probe) => ({ ...probe, gradientSquared: null })),
        },
      },
    });
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(text).toContain("bounds: none");
    expect(text).toMatch(/smoothness<\/th><td[^>]*>–<\/td>/);
    expect(text).not.toMatch(/<data value="(1.9|4.2)"/);
  });

  test("a missing certificate says why", () => {
    expect(page({ certificate: null, certificateNote: "ddim has no path KL" })).toContain("ddim has no path KL");
  });

  test("what the terms leave of the value is drawn as their cross term", () => {
    const { certificate } = reportTheory();
    expect(page()).not.toContain("cross term");
    expect(page({ certificate: { ...certificate, value: 0.4, upper: 0.41 } })).toContain("cross term");
  });

  test("an interval is drawn with both of its ends in the place of the estimate, which stays in the table", () => {
    const { sandwich } = reportTheory();
    const row = { role: "interval", name: "importance weights", value: 0.12, low: 0.05, high: 0.12 } as const;
    const interval = { ...row, confidence: 0.95, theorem: "importance-weights", reason: null };
    const drawn = page({ sandwich: { rows: [sandwich.rows[0], interval, ...sandwich.rows.slice(1)], notes: [] } });
    expect(drawn.match(/interval: \S+ to \S+ nats/)?.[0]).toMatch(/0\.05\d* to 0\.12\d*/);
    expect(drawn.includes("With 95 % confidence the true KL lies between the ends of the interval.")).toBe(true);
    expect(drawn.includes("5-NN KL: ")).toBe(false);
    expect(drawn.includes("5-NN KL")).toBe(true);
    const none = {
      ...interval,
      value: null,
      low: null,
      high: null,
      confidence: null,
      theorem: null,
      reason: "no density",
    };
    const without = page({ sandwich: { rows: [none, ...sandwich.rows], notes: [] } });
    expect(without.includes("5-NN KL: ")).toBe(true);
    expect(without.includes("none: no density")).toBe(true);
  });

  test("bounds that are 0 stand on the logarithmic axis", () => {
    const { sandwich } = reportTheory();
    const rows = sandwich.rows.map((row) => (row.role === "lower bound" ? { ...row, value: 0 } : row));
    expect(page({ sandwich: { rows, notes: [] } })).not.toMatch(/NaN|Infinity/);
  });
});
