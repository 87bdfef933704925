import { behind, colors, groupsOf, kindOf, newestNode, own, symbols } from "./contestants.mjs";
import { linesPlot } from "./lines.mjs";

/** A library that took part in the contests of both builds counts once, as in the first of them. */
function firstOf(entries) {
  const bySize = groupsOf(entries, ({ n }) => n);
  return [...bySize.values()].map(([{ n, rate }]) => ({ x: n, y: rate })).sort((a, b) => a.x - b.x);
}

function looks(who, index) {
  switch (kindOf(who)) {
    case "ours":
      return {
        color: own,
        symbol: index === 0 ? "circle" : "square2",
        strokeWidth: index === 0 ? 3 : 1.75,
        strong: true,
      };
    case "limit":
      return { color: "#1d2126", dash: "6 4", strokeWidth: 1.5 };
    case "native":
      return { color: behind, symbol: symbols[index % symbols.length], strokeWidth: 1, faint: true };
    default:
      return { color: colors[index % colors.length], symbol: symbols[index % symbols.length] };
  }
}

/** Rates over the size of square products on the newest Node, fastest first in the legend. */
export function gemmPlot({ series }) {
  const node = newestNode(series);
  const contestants = groupsOf(
    series.filter((entry) => entry.node === node),
    ({ who }) => who,
  );
  const seen = {};
  const lines = [...contestants].map(([who, entries]) => {
    const kind = kindOf(who);
    seen[kind] = (seen[kind] ?? -1) + 1;
    return { label: who, points: firstOf(entries), ...looks(who, seen[kind]) };
  });
  const last = ({ points }) => points[points.length - 1].y;
  const title = `Rate of n x n x n products on one thread, ${node}`;
  const sizes = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))];
  const svg = linesPlot({
    id: "gemm",
    title,
    x: { label: "matrix size n", type: "log", ticks: sizes, format: String },
    y: { label: "rate, GFLOP/s", type: "log" },
    lines: lines.sort((a, b) => last(b) - last(a)),
    height: 420,
  });
  return { title, svg };
}
