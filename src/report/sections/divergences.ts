import { titleOf } from "../../divergence/index.js";
import { type Child, figure, h, numeral, panel, table } from "../elements.js";
import { formatNumber } from "../format.js";
import type { Interval, ReportDivergence } from "../input.js";
import { divergenceBarsPlot } from "../plots/divergence-bars.js";
import type { Section } from "./section.js";

function barsOf({ value, low, high, floor, reference }: ReportDivergence) {
  return [
    ...(floor ? [{ ...floor, label: "data vs data", color: "var(--data)" }] : []),
    ...(reference ? [{ ...reference, label: "dense reference", color: "var(--reference)" }] : []),
    { value, low, high, label: "federated", color: "var(--federated)" },
  ];
}

function nameCell(document: Document, name: string, unit: string): HTMLElement {
  return h(document, "span", {}, titleOf(name), h(document, "small", {}, unit === "1" ? "no unit" : unit));
}

function intervalCell(document: Document, interval: Interval | undefined): Child {
  if (!interval) return "–";
  const { value, low, high } = interval;
  const range = h(
    document,
    "small",
    {},
    "[",
    numeral(document, low, formatNumber(low, 3)),
    ", ",
    numeral(document, high, formatNumber(high, 3)),
    "]",
  );
  return h(document, "span", {}, numeral(document, value), range);
}

/** How many times the other value; left out where that may be below 0 (an unbiased estimate), since the ratio then means nothing. */
function ratioCell(document: Document, value: number, other: Interval | undefined): Child {
  if (!other || other.low < 0 || other.value <= 0) return "–";
  return numeral(document, value / other.value, `${formatNumber(value / other.value, 3)} ×`);
}

/** Measured divergences beside what perfect samples would measure. */
export const divergencesSection: Section = {
  id: "divergences",
  title: "Measured divergence from held-out data",
  render(document, { measured }) {
    const entries = Object.entries(measured);
    if (entries.length === 0) return [];
    const panels = entries.map(([name, divergence]) =>
      panel(
        document,
        titleOf(name),
        divergenceBarsPlot(document, name, titleOf(name), divergence.unit, barsOf(divergence)),
      ),
    );
    const rows = entries.map(([name, divergence]) => [
      nameCell(document, name, divergence.unit),
      intervalCell(document, divergence),
      intervalCell(document, divergence.floor),
      intervalCell(document, divergence.reference),
      ratioCell(document, divergence.value, divergence.floor),
      ratioCell(document, divergence.value, divergence.reference),
    ]);
    return [
      figure(
        document,
        "Smaller is closer; “data vs data” is the floor that a perfect generator would measure, and whiskers are 95 % bootstrap intervals.",
        ...panels,
      ),
      table(
        document,
        "Divergences with 95 % bootstrap intervals",
        ["divergence", "federated", "data vs data (floor)", "dense reference", "× floor", "× dense"],
        rows,
      ),
    ];
  },
};
