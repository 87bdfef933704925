/** What stands in which cell and which mark of the page: read by the names of row and column, not as a number anywhere. */
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { formatBytes, formatFlops, formatInteger, formatNumber } from "../../src/report/format.js";
import { renderReport } from "../../src/report/index.js";
import { computed } from "../support/computed.js";
import { reportResult, reportSamples } from "../support/report-input.js";
import { reportTheory } from "../support/report-theory.js";

type Result = ReturnType<typeof reportResult>;

function pageOf(result: Result): Document {
  return parseHTML(renderReport(result, reportSamples())).document;
}

/** A cell's number as it was given: the value of its first <data>, else its text. */
function contentOf(cell: Element | undefined): string | undefined {
  return cell?.querySelector("data")?.getAttribute("value") ?? cell?.textContent ?? undefined;
}

/** A row's name without the small text below it. */
function nameOf(heading: Element): string {
  const small = heading.querySelector("small")?.textContent ?? "";
  return (heading.textContent ?? "").slice(0, (heading.textContent ?? "").length - small.length);
}

/** The rows of the tables of a section whose caption begins like this, by the name of the row and of the column. */
function cellsOf(
  document: Document,
  section: string,
  caption = "",
): (row: string, column: string) => string | undefined {
  const tables = [...document.querySelectorAll(`#${section} table`)].filter((table) =>
    table.querySelector("caption")?.textContent?.startsWith(caption),
  );
  return (row, column) => {
    const found = tables.flatMap((table) => {
      const head = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent);
      return [...table.querySelectorAll("tbody tr")]
        .filter((each) => nameOf(each.children[0]) === row)
        .map((each) => each.children[head.indexOf(column)]);
    });
    expect(found.length, `${section}: rows ${row}`).toBe(1);
    return contentOf(found[0]);
  };
}

/** The value of a fact in the page's head, and the small text below it. */
function factOf(document: Document, name: string): (string | undefined)[] {
  const fact = [...document.querySelectorAll(".facts > div")].find((each) => each.children[0].textContent === name);
  return [contentOf(fact?.querySelector("dd") ?? undefined), contentOf(fact?.querySelector("small") ?? undefined)];
}

function pictureOf(document: Document, id: string): Element {
  const svg = document.getElementById(`${id}-title`)?.parentElement;
  if (!svg) throw new Error(`the page has no picture ${id}`);
  return svg;
}

describe("cells of a report", () => {
  const plain = reportResult();
  const theory = reportTheory();
  const { sampler: _, dimension: __, steps: ___, ...bound } = theory.certificate;
  const variational = {
    ...bound,
    name: "variational bound",
    theorem: "variational",
    value: 1.5,
    upper: 1.75,
    bitsPerDimension: 1.26,
    terms: {
      initialization: { value: 0.01, upper: 0.02, meaning: "start" },
      denoising: { value: 3, upper: 4, meaning: "path" },
    },
  };
  const result = reportResult({ ...theory, variational });
  const document = pageOf(result);

  it("the head has the last round's loss, and traffic up over traffic down", () => {
    const { loss, bytesUp, bytesDown } = result.training;
    expect(factOf(document, "Loss, last round")[0]).toBe(String(loss[loss.length - 1]));
    expect(factOf(document, "Traffic up")).toEqual([String(bytesUp), String(bytesDown)]);
    expect(factOf(document, "Least coverage Γ*")[0]).toBe(String(result.coverage.min));
    const [[, first]] = Object.entries(result.measured);
    const { value, floor } = computed(first);
    expect(factOf(document, "Sliced Wasserstein-2")).toEqual([String(value), String(computed(floor).value)]);
  });

  it("the certificate has each term's estimate and upper end, and its own", () => {
    const cell = cellsOf(document, "certificate");
    const { terms, value, upper, bitsPerDimension } = theory.certificate;
    for (const [name, term] of Object.entries(terms)) {
      expect(cell(name, "estimate")).toBe(String(term.value));
      expect(cell(name, "upper end")).toBe(String(term.upper));
      expect(cell(name, "")).toBe(term.meaning);
    }
    expect(cell("certificate", "estimate")).toBe(String(value));
    expect(cell("certificate", "upper end")).toBe(String(upper));
    expect(cell("certificate", "")).toBe(String(bitsPerDimension));
  });

  it("assumptions are met, assumed or not met, each in its row", () => {
    const assumptions = [
      { statement: "first", met: true, evidence: "one" },
      { statement: "second", met: true, assumed: true as const, evidence: "two" },
      { statement: "third", met: false, evidence: "three" },
    ];
    const cell = cellsOf(pageOf(reportResult({ certificate: { ...theory.certificate, assumptions } })), "certificate");
    expect(assumptions.map(({ statement }) => cell(statement, ""))).toEqual(["met", "assumed", "not met"]);
    expect(assumptions.map(({ statement }) => cell(statement, "how it was checked"))).toEqual(["one", "two", "three"]);
  });

  it("the sandwich has the value of each bound, and the variational bound its terms and ends", () => {
    const cell = cellsOf(document, "sandwich");
    for (const { role, value, reason } of theory.sandwich.rows) {
      expect(cell(role, "KL is at least, about, at most")).toBe(value === null ? `none: ${reason}` : String(value));
    }
    for (const [name, term] of Object.entries(variational.terms)) {
      expect(cell(name, "estimate")).toBe(String(term.value));
      expect(cell(name, "upper end")).toBe(String(term.upper));
    }
    expect(cell("total", "estimate")).toBe("1.5");
    expect(cell("total", "upper end")).toBe("1.75");
  });

  it("the a-priori bound has bound and measurement of each term, and each constant's value", () => {
    const cell = cellsOf(document, "apriori", "Squared units");
    const constant = cellsOf(document, "apriori", "Constants");
    const { terms, constants, measured } = theory.apriori.gradient;
    for (const name of ["optimization", "drift", "uncovered"] as const) {
      expect(cell(name, "bound")).toBe(String(terms[name].value));
      expect(cell(name, "with the largest constants")).toBe(String(terms[name].largest));
      expect(cell(name, "measured")).toBe(String(terms[name].measured));
    }
    const score = cellsOf(document, "apriori", "Score term");
    const { mean, last } = theory.apriori.scores;
    for (const [name, values] of Object.entries({ "mean over the rounds": mean, "last network": last })) {
      expect(score(name, "bound")).toBe(String(values.eachRound));
      expect(score(name, "with the largest constants")).toBe(String(values.largest));
      expect(score(name, "with the measured changes")).toBe(String(values.changes));
      expect(score(name, "measured")).toBe(String(values.measured));
    }
    expect(cell("mean |∇F|²", "measured")).toBe(String(measured));
    expect(constant("coverageMin", "value")).toBe(String(constants.coverageMin.value));
    expect(constant("smoothness", "how")).toBe(constants.smoothness.how);
  });

  it("divergences have value, floor and reference in their columns, each with its interval", () => {
    const cell = cellsOf(document, "divergences");
    const { value, floor, reference } = computed(plain.measured.slicedWasserstein2);
    expect(cell("Sliced Wasserstein-2", "federated")).toBe(String(value));
    expect(cell("Sliced Wasserstein-2", "data vs data (floor)")).toBe(String(computed(floor).value));
    expect(cell("Sliced Wasserstein-2", "dense reference")).toBe(String(computed(reference).value));
    expect(cell("Sliced Wasserstein-2", "× floor")).toBe(String(value / computed(floor).value));
    expect(cell("MMD² (Gaussian kernel)", "federated")).toBe(String(computed(plain.measured.mmd).value));
    expect(cell("MMD² (Gaussian kernel)", "dense reference")).toBe("–");
    const intervals = [...document.querySelectorAll("#divergences tbody tr td small")].map((small) =>
      [...small.querySelectorAll("data")].map((each) => Number(each.getAttribute("value"))),
    );
    const [sliced, mmd] = [computed(plain.measured.slicedWasserstein2), computed(plain.measured.mmd)];
    const both = [sliced, computed(sliced.floor), computed(sliced.reference), mmd, computed(mmd.floor)];
    expect(intervals).toEqual(both.map(({ low, high }) => [low, high]));
  });

  it("clients have what they sent under up and what they received under down", () => {
    const cell = cellsOf(document, "clients");
    for (const { id, samples, rounds, flops, bytesUp, bytesDown, keepRatio } of plain.clients) {
      const row = (column: string) => cell(String(id), column);
      expect([row("keep ratio"), row("rows of data"), row("rounds")]).toEqual([keepRatio, samples, rounds].map(String));
      expect([row("arithmetic"), row("up"), row("down")]).toEqual([flops, bytesUp, bytesDown].map(String));
    }
    const charts = { flops: formatFlops, bytesUp: formatBytes, bytesDown: formatBytes } as const;
    const captions = {
      flops: "Arithmetic",
      bytesUp: "Sent to the server",
      bytesDown: "Received from the server",
    } as const;
    for (const key of ["flops", "bytesUp", "bytesDown"] as const) {
      const picture = pictureOf(document, `clients-${key}`);
      const bars = plain.clients.map((client) => `${client.id}: ${charts[key](client[key])}`);
      expect(picture.querySelector("desc")?.textContent).toBe(bars.join("; "));
      expect(picture.querySelector("title")?.textContent).toBe(captions[key]);
    }
  });

  it("coverage has mean and least of each layer, training its first, last and least loss", () => {
    const coverage = cellsOf(document, "coverage");
    plain.coverage.layers.forEach((name, layer) => {
      const rounds = plain.training.perRound.map((round) => round.coverage[layer]);
      const mean = rounds.reduce((sum, round) => sum + round.mean, 0) / rounds.length;
      expect(Number(coverage(name, "mean Γ"))).toBeCloseTo(mean, 12);
      expect(coverage(name, "least Γ")).toBe(String(Math.min(...rounds.map(({ min }) => min))));
    });
    const loss = [2, 0.5, 1.25];
    const training = cellsOf(pageOf(reportResult({ training: { ...plain.training, rounds: 3, loss } })), "loss");
    expect(training("loss, first round", "value")).toBe("2");
    expect(training("loss, last round", "value")).toBe("1.25");
    expect(training("loss, least", "value")).toBe("0.5");
    expect(training("rounds", "value")).toBe("3");
  });
});

describe("marks of a report", () => {
  const theory = reportTheory();

  it("whiskers reach from the low to the high end of each interval", () => {
    const measured = { mmd: { value: 2, low: 1, high: 4, unit: "1", floor: { value: 0.5, low: 0.25, high: 1 } } };
    const picture = pictureOf(pageOf(reportResult({ measured })), "divergence-mmd");
    const ends = [...picture.querySelectorAll('[data-mark="rule"] line')]
      .map((line) => ["x1", "x2"].map((name) => Number(line.getAttribute(name))))
      .filter(([x1, x2]) => x1 !== x2);
    const bars = [...picture.querySelectorAll('[data-mark="bar"] rect')];
    expect(bars).toHaveLength(2);
    expect(ends).toHaveLength(2);
    const zero = Number(bars[0].getAttribute("x"));
    const unit = (Number(bars[1].getAttribute("width")) || 0) / 2;
    // Coordinates are rounded to hundredths.
    for (const [k, { low, high }] of [
      { low: 0.25, high: 1 },
      { low: 1, high: 4 },
    ].entries()) {
      expect(Math.abs(ends[k][0] - (zero + unit * low))).toBeLessThan(0.05);
      expect(Math.abs(ends[k][1] - (zero + unit * high))).toBeLessThan(0.05);
    }
  });

  it("a cross term is named and drawn where it is more than rounding", () => {
    const partsFor = (value: number) => {
      const { terms } = theory.certificate;
      const sum = Object.values(terms).reduce((total, term) => total + term.value, 0);
      const page = pageOf(reportResult({ certificate: { ...theory.certificate, value: sum + value, upper: sum + 1 } }));
      const keys = [...page.querySelectorAll("#certificate .key")].map((key) => key.textContent);
      return { keys, text: pictureOf(page, "certificate-terms").querySelector("desc")?.textContent };
    };
    for (const value of [0.001, 0.01, 0.1]) {
      expect(partsFor(value).keys).toEqual(["initialization", "score", "discretization", "cross term"]);
      expect(partsFor(value).text).toContain(`cross term ${formatNumber(value)}`);
    }
    expect(partsFor(1e-6).keys).toEqual(["initialization", "score", "discretization"]);
  });

  it("a loss of 0 is drawn on a linear axis, at its bottom", () => {
    const loss = [4, 2, 0];
    const { training } = reportResult();
    const picture = pictureOf(pageOf(reportResult({ training: { ...training, rounds: 3, loss } })), "loss");
    const path = picture.querySelector('[data-mark="line"] path')?.getAttribute("d") ?? "";
    const heights = [...path.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(3);
    expect(heights[2] - heights[1]).toBeCloseTo(heights[1] - heights[0], 1);
  });

  it("counts are said with their unit", () => {
    const text = pageOf(reportResult(theory)).getElementById("certificate")?.textContent;
    expect(text).toContain(`over ${formatInteger(theory.certificate.samples)} forward paths`);
  });
});
