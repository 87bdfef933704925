import { titleOf } from "../../divergence/index.js";
import { isNotComputed, type Part } from "../../experiment/result/not-computed.js";
import { type Child, type Drawn, figure, h, numeral, panel, table } from "../elements.js";
import { formatNumber } from "../format.js";
import { intervalCell } from "../interval-cell.js";
import type { Interval, Measured } from "../parts.js";
import { divergenceBarsPlot } from "../plots/divergence-bars.js";
import { fitted } from "../plots/fitted.js";
import type { Section } from "./section.js";

/** What was measured, and what it was measured on; parts that could not be computed are left out. */
function barsOf(measured: Measured) {
  const { floor, reference } = measured;
  const known = [
    { part: floor, label: "data vs data", color: "var(--data)" },
    { part: reference, label: "dense reference", color: "var(--reference)" },
    { part: measured, label: "federated", color: "var(--federated)" },
  ];
  return known.flatMap(({ part, label, color }) => {
    if (part === undefined || isNotComputed(part)) return [];
    const { value, low, high } = part;
    return [{ value, low, high, label, color }];
  });
}

function nameCell(name: string, unit: string): Drawn {
  return h("span", {}, titleOf(name), h("small", {}, unit === "1" ? "no unit" : unit));
}

/** How many times the other value; left out where that may be below 0 (an unbiased estimate), since the ratio then means nothing. */
function ratioCell(measured: Measured, other: Part<Interval> | undefined): Child {
  if (!other || isNotComputed(measured) || isNotComputed(other) || other.low < 0 || other.value <= 0) return "–";
  const ratio = measured.value / other.value;
  return numeral(ratio, `${formatNumber(ratio, 3)} ×`);
}

/** Measured divergences beside what perfect samples would measure. */
export const divergencesSection: Section = {
  id: "divergences",
  title: "Measured divergence from held-out data",
  render({ measured }) {
    const entries = Object.entries(measured);
    if (entries.length === 0) return [];
    const panels = entries.flatMap(([name, divergence]) => {
      const bars = barsOf(divergence);
      if (bars.length === 0) return [];
      const title = titleOf(name);
      return [
        panel(
          title,
          fitted((width) => divergenceBarsPlot(name, title, divergence.unit, bars, width)),
        ),
      ];
    });
    const rows = entries.map(([name, divergence]) => [
      nameCell(name, divergence.unit),
      intervalCell(divergence),
      intervalCell(divergence.floor),
      intervalCell(divergence.reference),
      ratioCell(divergence, divergence.floor),
      ratioCell(divergence, divergence.reference),
    ]);
    const picture = figure(
      "Smaller is closer; “data vs data” is the floor that a perfect generator would measure, and whiskers are 95 % bootstrap intervals.",
      ...panels,
    );
    return [
      ...(panels.length > 0 ? [picture] : []),
      table(
        "Divergences with 95 % bootstrap intervals",
        ["divergence", "federated", "data vs data (floor)", "dense reference", "× floor", "× dense"],
        rows,
      ),
    ];
  },
};
