import { emptyDocument } from "../../../build/js/report/page.js";
import { draw } from "../../../build/js/report/plots/plot.js";

/** An SVG file: readable on a light and on a dark page, since it brings its white background along. */
export function picture(about, options) {
  const svg = draw(about, options)(emptyDocument());
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("style", "background: #ffffff; color: #1d2126; font: 12px system-ui, sans-serif;");
  return `${svg.outerHTML}\n`;
}
