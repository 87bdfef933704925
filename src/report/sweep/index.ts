import { ArgumentError, requireInteger } from "../../errors.js";
import type { SweepResult } from "../../experiment/sweep/result.js";
import { failedPoints, groupBy, seedMean } from "../../experiment/sweep/summary.js";
import { type Child, type Drawn, figure, h, note, numeral, proseTable, table } from "../elements.js";
import { formatNumber, formatSeconds, plural, runtime } from "../format.js";
import { emptyDocument, renderPage } from "../page.js";
import { fitted } from "../plots/fitted.js";
import { slopeText, sweepPlot } from "./plot.js";
import { requireSweepResult } from "./require-result.js";
import { columnLabel, seriesOf } from "./series.js";

/**
 * report.html of a sweep: plots, slopes and the table of means over the seeds.
 * @throws ArgumentError or ArgumentTypeError naming the part of the result that is not as it must be.
 */
export function renderSweepReport(result: SweepResult): string {
  const whole = requireSweepResult(result);
  const parts = [...failures(whole), ...plots(whole), ...slopes(whole), means(whole), run(whole)];
  return renderPage(whole.name, [header(whole), h("main", {}, ...parts)]);
}

/**
 * One plot of a sweep as a file of its own, on white.
 * @param index of the plot in the sweep's config.
 * @throws ArgumentError or ArgumentTypeError naming the part of the result that is not as it must be, or a plot without a point.
 */
export function renderSweepSvg(result: SweepResult, index = 0): string {
  const whole = requireSweepResult(result);
  const plot = whole.config.plots[requireInteger("index", index, 0)];
  if (plot === undefined || seriesOf(whole, plot).length === 0)
    throw new ArgumentError("index", "must be that of a plot of the sweep with points to draw", index);
  const svg = sweepPlot(whole, index)(emptyDocument());
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("style", "background: #ffffff; color: #1d2126; font: 12px system-ui, sans-serif;");
  return `${svg.outerHTML}\n`;
}

function header({ name, title, config, rows, environment, commit, date, quick }: SweepResult) {
  const where = `${runtime(environment)}, ${environment.variant} kernels, ${plural(environment.workers, "worker")}, ${environment.cpu}`;
  const size = quick ? " Quick size." : "";
  const what = `${name}: ${plural(rows.length, "point")}, ${plural(config.seeds.length, "seed")}.${size} ${where}, commit ${commit?.slice(0, 12) ?? "unknown"}, ${date.slice(0, 10)}.`;
  return h("header", {}, h("h1", {}, title), h("p", {}, what));
}

function section(id: string, title: string, ...content: Drawn[]): Drawn {
  return h("section", { id }, h("h2", {}, title), ...content);
}

function failures({ rows }: SweepResult): Drawn[] {
  const failed = failedPoints(rows);
  if (failed.length === 0) return [];
  const body = failed.map(({ point, reason }) => [point, reason]);
  const caption = `${failed.length} of ${plural(rows.length, "point")} could not be computed; what is drawn are the others`;
  return [section("failed", "Failed points", proseTable(caption, ["point", "why"], body))];
}

function plots(result: SweepResult): Drawn[] {
  const { plots: asked, confidence, seeds } = result.config;
  const bars =
    seeds.length > 1
      ? ` Bars: ${100 * confidence} % Student interval of the mean over ${seeds.length} seeds, cut where a logarithmic axis ends.`
      : "";
  const laws = (x: string, y: readonly string[]) =>
    result.fits.some((fit) => fit.x === x && y.includes(fit.y)) ? " Dashed: fitted power law." : "";
  return asked.map((plot, index) => {
    const { title, x, y } = plot;
    const drawn =
      seriesOf(result, plot).length > 0
        ? figure(
            `${title}.${bars}${laws(x, y)}`,
            fitted((width = 640) => sweepPlot(result, index, width)),
          )
        : note("No point has a value to draw.");
    return section(`plot-${index}`, title, drawn);
  });
}

function slopes({ fits, config }: SweepResult): Drawn[] {
  if (fits.length === 0) return [];
  const rows = fits.map((fit) => [
    `${fit.y} over ${fit.x}`,
    Object.values(fit.at).join(", ") || "–",
    numeral(fit.slope, slopeText(fit).replace(/^slope /, "")),
    String(fit.points),
  ]);
  const caption = `Slopes of log-log least squares with ${100 * config.confidence} % intervals`;
  return [section("slopes", "Slopes", table(caption, ["fit", "of", "slope", "points"], rows))];
}

function means(result: SweepResult): Drawn {
  const { config, rows } = result;
  const axes = config.axes.map(({ name }) => name);
  const names = config.measures.map(({ name }) => name);
  const body = groupBy(rows, axes).map(({ at, rows: seeds }): Child[] => [
    ...axes.map((axis) => String(at[axis])),
    ...names.map((name): Child => {
      const values = seeds.map((row) => row.measures[name]).filter((value) => typeof value === "number");
      const mean = seedMean(values, config.confidence);
      const failed = seeds.filter(({ failed, measures }) => failed && measures[name] === null).length;
      if (!mean) return failed > 0 ? h("em", {}, "failed") : "–";
      const { mean: value, high } = mean;
      const notes = [
        ...(high === null || high === value ? [] : [`± ${formatNumber(high - value, 2)}`]),
        ...(failed > 0 ? [`${failed} of ${seeds.length} failed`] : []),
      ];
      return notes.length === 0
        ? numeral(value)
        : h("span", {}, numeral(value), ...notes.map((text) => h("small", {}, text)));
    }),
  ]);
  const head = [...axes, ...names].map((name) => columnLabel(result, name));
  return section("points", "Points", table("Means over the seeds", head, body));
}

function run({ seconds, config }: SweepResult): Drawn {
  const summary = h("summary", {}, `Config; computing took ${formatSeconds(seconds)} of all workers together`);
  return section("config", "Config", h("details", {}, summary, h("pre", {}, JSON.stringify(config, null, 2))));
}
