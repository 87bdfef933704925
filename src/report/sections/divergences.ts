import { titleOf } from "../../divergence/index.js";
import { type Child, type Drawn, figure, h, numeral, panel, table } from "../elements.js";
import { formatNumber } from "../format.js";
import type { Interval, Measured } from "../parts.js";
import { divergenceBarsPlot } from "../plots/divergence-bars.js";
import type { Section } from "./section.js";

function barsOf({ value, low, high, floor, reference }: Measured) {
  return [
    { ...floor, label: "data vs data", color: "var(--data)" },
    ...(reference ? [{ ...reference, label: "dense reference", color: "var(--reference)" }] : []),
    { value, low, high, label: "federated", color: "var(--federated)" },
  ];
}

function nameCell(name: string, unit: string): Drawn {
  return h("span", {}, titleOf(name), h("small", {}, unit === "1" ? "no unit" : unit));
}

function intervalCell(interval: Interval | undefined): Child {
  if (!interval) return "–";
  const { value, low, high } = interval;
  const range = h(
    "small",
    {},
    "[",
    numeral(low, formatNumber(low, 3)),
    ", ",
    numeral(high, formatNumber(high, 3)),
    "]",
  );
  return h("span", {}, numeral(value), range);
}

/** How many times the other value; left out where that may be below 0 (an unbiased estimate), since the ratio then means nothing. */
function ratioCell(value: number, other: Interval | undefined): Child {
  if (!other || other.low < 0 || other.value <= 0) return "–";
  return numeral(value / other.value, `${formatNumber(value / other.value, 3)} ×`);
}

/** Measured divergences beside what perfect samples would measure. */
export const divergencesSection: Section = {
  id: "divergences",
  title: "Measured divergence from held-out data",
  render({ measured }) {
    const entries = Object.entries(measured);
    if (entries.length === 0) return [];
    const panels = entries.map(([name, divergence]) =>
      panel(titleOf(name), divergenceBarsPlot(name, titleOf(name), divergence.unit, barsOf(divergence))),
    );
    const rows = entries.map(([name, divergence]) => [
      nameCell(name, divergence.unit),
      intervalCell(divergence),
      intervalCell(divergence.floor),
      intervalCell(divergence.reference),
      ratioCell(divergence.value, divergence.floor),
      ratioCell(divergence.value, divergence.reference),
    ]);
    return [
      figure(
        "Smaller is closer; “data vs data” is the floor that a perfect generator would measure, and whiskers are 95 % bootstrap intervals.",
        ...panels,
      ),
      table(
        "Divergences with 95 % bootstrap intervals",
        ["divergence", "federated", "data vs data (floor)", "dense reference", "× floor", "× dense"],
        rows,
      ),
    ];
  },
};
