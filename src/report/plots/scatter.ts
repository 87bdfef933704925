import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";
import { formatInteger, formatTick } from "../format.js";
import { type Description, draw } from "./plot.js";

/** float32 [rows, dimension]; the first two coordinates are drawn. */
export interface PointCloud {
  readonly points: Float32Array;
  readonly dimension: number;
  /** CSS colour. */
  readonly color: string;
}

const mostPoints = 2000;
const size = 340;

export interface Square {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Axes of equal scale that hold the first two coordinates of every row, with room around. */
export function squareAround(points: Float32Array, dimension: number): Square {
  const ranges = [0, 1].map((k) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = k; at < points.length; at += dimension) {
      low = Math.min(low, points[at]);
      high = Math.max(high, points[at]);
    }
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  });
  const half = Math.max(...ranges.map((range) => range.half)) * 1.15 || 1;
  const [x, y] = ranges.map(({ middle }) => [middle - half, middle + half] as const);
  return { x, y };
}

/** Rows drawn, and how many of them lie outside the axes. */
export function visiblePoints({ points, dimension }: PointCloud, { x, y }: Square) {
  const inside: { readonly x: number; readonly y: number }[] = [];
  const drawn = Math.min(mostPoints, points.length / dimension);
  for (let i = 0; i < drawn; i++) {
    const point = { x: points[i * dimension], y: points[i * dimension + 1] };
    if (point.x >= x[0] && point.x <= x[1] && point.y >= y[0] && point.y <= y[1]) inside.push(point);
  }
  return { inside, drawn, outside: drawn - inside.length };
}

/** All points as one path of dots: small in the file, and fast to show. */
const asOnePath: Plot.RenderFunction = (index, _scales, { x, y }, _dimensions, context) => {
  const path = context.document.createElementNS("http://www.w3.org/2000/svg", "path");
  const at = (values: ArrayLike<number> | undefined, i: number) => (values?.[i] ?? 0).toFixed(1);
  path.setAttribute("d", Array.from(index, (i) => `M${at(x, i)},${at(y, i)}h0`).join(""));
  return path;
};

/** A scatter plot of the first two coordinates on given axes. */
export function scatterPlot(cloud: PointCloud, axes: Square, about: Description): Drawn<SVGElement> {
  const dots = Plot.dot(visiblePoints(cloud, axes).inside, {
    x: "x",
    y: "y",
    render: (index, scales, values, dimensions, context, next) => {
      const path = asOnePath(index, scales, values, dimensions, context, next);
      path?.setAttribute("fill", "none");
      path?.setAttribute("stroke", cloud.color);
      path?.setAttribute("stroke-width", "2.4");
      path?.setAttribute("stroke-linecap", "round");
      path?.setAttribute("stroke-opacity", "0.65");
      return path;
    },
  });
  return draw(about, {
    width: size,
    height: size,
    marginLeft: 34,
    marginRight: 6,
    marginTop: 6,
    marginBottom: 28,
    x: { domain: [...axes.x], ticks: 5, tickFormat: formatTick, label: null },
    y: { domain: [...axes.y], ticks: 5, tickFormat: formatTick, label: null },
    marks: [Plot.frame({ strokeOpacity: 0.2 }), dots],
  });
}

/** "2,000 points", and what the frame does not show. */
export function countText(cloud: PointCloud, axes: Square): string {
  const { drawn, outside } = visiblePoints(cloud, axes);
  return outside === 0
    ? `${formatInteger(drawn)} points`
    : `${formatInteger(drawn)} points, ${formatInteger(outside)} outside`;
}
