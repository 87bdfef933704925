import type { SweepResult } from "../../experiment/sweep/result.js";
import { groupBy, seedMean } from "../../experiment/sweep/summary.js";
import { type Child, figure, h, numeral, table } from "../elements.js";
import { formatNumber, formatSeconds, plural } from "../format.js";
import { emptyDocument, renderPage } from "../page.js";
import { slopeText, sweepPlot } from "./plot.js";
import { columnLabel } from "./series.js";

/** report.html of a sweep: plots, slopes and the table of means over the seeds. */
export function renderSweepReport(result: SweepResult): string {
  return renderPage(result.name, (document) => [
    header(document, result),
    h(
      document,
      "main",
      {},
      ...plots(document, result),
      slopes(document, result),
      means(document, result),
      run(document, result),
    ),
  ]);
}

/** One plot of a sweep as a file of its own, on white. */
export function renderSweepSvg(result: SweepResult, index = 0): string {
  const document = emptyDocument();
  const svg = sweepPlot(document, result, index);
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("style", "background: #ffffff; color: #1d2126; font: 12px system-ui, sans-serif;");
  return `${svg.outerHTML}\n`;
}

function header(document: Document, { name, title, config, rows, environment, commit, date, quick }: SweepResult) {
  const where = `Node ${environment.node}, ${environment.variant} kernels, ${plural(environment.workers, "worker")}, ${environment.cpu}`;
  const size = quick ? " Quick size." : "";
  const what = `${name}: ${plural(rows.length, "point")}, ${plural(config.seeds.length, "seed")}.${size} ${where}, commit ${commit?.slice(0, 12) ?? "unknown"}, ${date.slice(0, 10)}.`;
  return h(document, "header", {}, h(document, "h1", {}, title), h(document, "p", {}, what));
}

function section(document: Document, id: string, title: string, ...content: Node[]): HTMLElement {
  return h(document, "section", { id }, h(document, "h2", {}, title), ...content);
}

function plots(document: Document, result: SweepResult): HTMLElement[] {
  const { plots: asked, confidence, seeds } = result.config;
  const bars =
    seeds.length > 1
      ? ` Bars: ${100 * confidence} % Student interval of the mean over ${seeds.length} seeds, cut where a logarithmic axis ends.`
      : "";
  const fitted = (x: string, y: readonly string[]) =>
    result.fits.some((fit) => fit.x === x && y.includes(fit.y)) ? " Dashed: fitted power law." : "";
  return asked.map(({ title, x, y }, index) =>
    section(
      document,
      `plot-${index}`,
      title,
      figure(document, `${title}.${bars}${fitted(x, y)}`, sweepPlot(document, result, index)),
    ),
  );
}

function slopes(document: Document, { fits, config }: SweepResult): Node {
  if (fits.length === 0) return document.createTextNode("");
  const rows = fits.map((fit) => [
    `${fit.y} over ${fit.x}`,
    Object.values(fit.at).join(", ") || "–",
    numeral(document, fit.slope, slopeText(fit).replace(/^slope /, "")),
    String(fit.points),
  ]);
  const caption = `Slopes of log-log least squares with ${100 * config.confidence} % intervals`;
  return section(document, "slopes", "Slopes", table(document, caption, ["fit", "of", "slope", "points"], rows));
}

function means(document: Document, result: SweepResult): HTMLElement {
  const { config, rows } = result;
  const axes = config.axes.map(({ name }) => name);
  const names = config.measures.map(({ name }) => name);
  const body = groupBy(rows, axes).map(({ at, rows: seeds }): Child[] => [
    ...axes.map((axis) => String(at[axis])),
    ...names.map((name): Child => {
      const values = seeds.map((row) => row.measures[name]).filter((value) => value !== null);
      const mean = seedMean(values, config.confidence);
      if (!mean) return "–";
      if (mean.high === null || mean.high === mean.mean) return numeral(document, mean.mean);
      const reach = h(document, "small", {}, `± ${formatNumber(mean.high - mean.mean, 2)}`);
      return h(document, "span", {}, numeral(document, mean.mean), reach);
    }),
  ]);
  const head = [...axes, ...names].map((name) => columnLabel(result, name));
  return section(document, "points", "Points", table(document, "Means over the seeds", head, body));
}

function run(document: Document, { seconds, config }: SweepResult): HTMLElement {
  const summary = h(
    document,
    "summary",
    {},
    `Config; computing took ${formatSeconds(seconds)} of all workers together`,
  );
  return section(
    document,
    "config",
    "Config",
    h(document, "details", {}, summary, h(document, "pre", {}, JSON.stringify(config, null, 2))),
  );
}
