import { formatRatio } from "../../../build/js/report/format.js";
import { colors, groupsOf, own, symbols } from "./contestants.mjs";
import { linesPlot } from "./lines.mjs";

const palette = [own, ...colors];
const shapes = ["circle", ...symbols];

/** Speed-up of a training step over the share of the network that is kept; dashed what the arithmetic alone would give. */
export function prunedStepPlot({ series }) {
  const lines = [];
  const ideals = [];
  for (const [config, entries] of groupsOf(series, (entry) => entry.config)) {
    const color = palette[lines.length % palette.length];
    const sorted = [...entries].sort((a, b) => a.keepRatio - b.keepRatio);
    const along = (field) => sorted.map((entry) => ({ x: entry.keepRatio, y: entry[field] }));
    lines.push({ label: config, points: along("speedup"), color, symbol: shapes[lines.length % shapes.length] });
    ideals.push({ label: `ideal, ${config}`, points: along("ideal"), color, dash: "5 4" });
  }
  const same = new Set(ideals.map(({ points }) => JSON.stringify(points))).size === 1;
  const ideal = same ? [{ ...ideals[0], label: "ideal", color: "#1d2126" }] : ideals;
  const ratios = [...new Set(series.map(({ keepRatio }) => keepRatio))];
  const title = "Speed-up of a pruned training step over the full one";
  const svg = linesPlot({
    id: "pruned-step",
    title,
    x: { label: "keep ratio", type: "log", ticks: ratios, format: formatRatio },
    y: { label: "speed-up", type: "log" },
    lines: [...ideal, ...lines],
  });
  return { title, svg };
}
