import * as Plot from "@observablehq/plot";
import type { Drawn } from "../elements.js";

/** What every picture says about itself to those who don't see it. */
export interface Description {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

const svgNamespace = "http://www.w3.org/2000/svg";
const longDecimal = /-?\d+\.\d{3,}(?:e-?\d+)?/g;
const coordinates = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "cx", "cy", "points"];

/** A picture by Observable Plot, in the page's font and colours; its text is of 12 CSS pixels where it is shown as wide as it was drawn. */
export function draw(about: Description, options: Plot.PlotOptions): Drawn<SVGElement> {
  return (document) => {
    const drawn = Plot.plot({
      ...options,
      document,
      style: { fontSize: "12px", fontFamily: "inherit", background: "none", color: "inherit", overflow: "visible" },
    });
    const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : drawn.querySelector("svg");
    if (!svg) throw new TypeError(`the plot "${about.id}" has no svg element`);
    svg.querySelector("style")?.remove();
    roundCoordinates(svg);
    describe(document, svg, about);
    return svg as SVGElement;
  };
}

/** Two decimals of a pixel are enough, and hide the last bits in which JavaScript engines differ. */
function roundCoordinates(svg: Element): void {
  for (const element of svg.querySelectorAll("*")) {
    for (const name of coordinates) {
      const value = element.getAttribute(name);
      if (value === null) continue;
      const rounded = value.replace(longDecimal, (text) => String(Number(Number(text).toFixed(2)) + 0));
      if (rounded !== value) element.setAttribute(name, rounded);
    }
  }
}

/** Describes it as a whole: Plot labels its parts by their kind, which is nothing to those who hear it. */
function describe(document: Document, svg: Element, { id, title, description }: Description): void {
  for (const part of svg.querySelectorAll("g[aria-label]")) {
    part.setAttribute("data-mark", part.getAttribute("aria-label") ?? "");
    part.removeAttribute("aria-label");
  }
  const texts = (["title", "desc"] as const).map((tag) => {
    const element = document.createElementNS(svgNamespace, tag);
    element.setAttribute("id", `${id}-${tag}`);
    element.append(tag === "title" ? title : description);
    return element;
  });
  svg.prepend(...texts);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${id}-title ${id}-desc`);
}

/** Opacity of a heat map's cell, for an opacity scale of type "identity": nearly clear at 0, full at `most`. */
export function shade(value: number, most: number): number {
  return 0.05 + 0.95 * Math.min(1, Math.max(0, value / Math.max(most, 1e-9)));
}

/** Ticks of a logarithmic axis from `low` to `high`, all to be labelled: 1, 2, 5 of each power of ten, of more than `most` powers only some. */
export function logTicks(low: number, high: number, most = 8): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = last - first;
  const factors = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
  const every = Math.ceil(decades / most);
  const powers = Array.from({ length: Math.floor(decades / every) + 1 }, (_, index) => first + index * every);
  const ticks = powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Ends of an axis that holds all values, with some room; never a single point. */
export function domainOf(values: Iterable<number>, margin = 0.05): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const room = high > low ? (high - low) * margin : Math.abs(high) * margin || 1;
  return [low - room, high + room];
}
