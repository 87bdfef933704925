/** Lines over a common axis with their legend at the right: one picture of docs/benchmarks as a file of its own, on white. */
import * as Plot from "@observablehq/plot";
import { formatNumber, formatTick } from "../../../build/js/report/format.js";
import { domainOf } from "../../../build/js/report/plots/plot.js";
import { picture } from "./picture.mjs";

const width = 600;
const legendLine = 19;

/** 1, 2, 5, 10, ... within [low, high]; powers of ten alone where those are many. */
export function logTicks(low, high) {
  const ticks = (steps) => {
    const all = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
      for (const step of steps) all.push(step * 10 ** power);
    }
    return all.filter((tick) => tick >= low && tick <= high);
  };
  const fine = ticks([1, 2, 5]);
  return fine.length > 10 ? ticks([1]) : fine;
}

/** Where an axis ends and what it shows: { label, type, domain, ticks, format }. `zero`: a linear axis starts at 0. */
function axisOf({ label, type = "linear", ticks, format = formatTick, zero = false }, values) {
  if (type === "log") {
    const [low, high] = domainOf(values.map(Math.log)).map(Math.exp);
    return { label, type, domain: [low, high], ticks: ticks ?? logTicks(low, high), format };
  }
  const [low, high] = domainOf(values);
  return { label, type, domain: [zero ? 0 : low, high], ticks: ticks ?? 6, format };
}

/**
 * @param x, y { label, type: "linear" | "log", ticks?, format?, zero? }
 * @param lines in the legend's order: { label, points: { x, y }[], color, symbol? (no dots without), dash?, strokeWidth?, strong?, faint? }
 */
export function linesPlot({ id, title, x, y, lines, height = 380 }) {
  const points = lines.flatMap((line) => line.points);
  const across = axisOf(
    x,
    points.map((point) => point.x),
  );
  const up = axisOf(
    y,
    points.map((point) => point.y),
  );
  const legendWidth = 56 + 7.4 * Math.max(...lines.map(({ label }) => label.length));
  const behindFirst = [...lines].sort((a, b) => Number(b.faint ?? false) - Number(a.faint ?? false));
  return picture(
    { id, title, description: lines.map(describe).join("; ") },
    {
      width: Math.round(width + legendWidth),
      height: Math.max(height, 80 + legendLine * lines.length),
      marginLeft: 58,
      marginRight: legendWidth,
      marginTop: 30,
      marginBottom: 44,
      x: { type: across.type, domain: across.domain },
      y: { type: up.type, domain: up.domain },
      marks: [
        Plot.gridY({ ticks: up.ticks, strokeOpacity: 0.12 }),
        ...behindFirst.flatMap(lineMarks),
        Plot.axisX({ label: across.label, labelAnchor: "center", ticks: across.ticks, text: across.format }),
        Plot.axisY({ label: up.label, ticks: up.ticks, text: up.format }),
        ...lines.flatMap(legendMarks),
      ],
    },
  );
}

function describe({ label, points }) {
  return `${label}: ${formatNumber(points[0].y)} to ${formatNumber(points[points.length - 1].y)}`;
}

const dotOf = ({ color, symbol }) => ({ symbol, r: 3.5, stroke: color, fill: color, fillOpacity: 0.35 });
const strokeOf = ({ color, dash, strokeWidth = 1.5 }) => ({
  stroke: color,
  strokeWidth,
  ...(dash && { strokeDasharray: dash }),
});

function lineMarks(line) {
  const at = { x: "x", y: "y" };
  const dots = line.symbol ? [Plot.dot(line.points, { ...at, ...dotOf(line) })] : [];
  return [Plot.lineY(line.points, { ...at, ...strokeOf(line) }), ...dots];
}

/** A short horizontal piece of the line. */
const sample = {
  draw(context, length) {
    context.moveTo(0, 0);
    context.lineTo(0, -length);
  },
};

function legendMarks(line, index) {
  const at = { frameAnchor: "top-right", dy: 8 + index * legendLine };
  const dot = line.symbol ? [Plot.dot([0], { ...at, ...dotOf(line), dx: 28 })] : [];
  return [
    Plot.vector([0], { ...at, ...strokeOf(line), dx: 28, shape: sample, length: 26, rotate: 90, anchor: "middle" }),
    ...dot,
    Plot.text([line.label], {
      ...at,
      dx: 48,
      textAnchor: "start",
      lineAnchor: "middle",
      fill: line.faint ? "#5c6670" : "currentColor",
      fontWeight: line.strong ? 650 : 400,
    }),
  ];
}
