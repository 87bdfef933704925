import { ArgumentError, ArgumentTypeError, requireArray, requireObject } from "../../errors.js";
import { configDifferences } from "../../experiment/config/differences.js";
import { type ExperimentResult, resultSchema } from "../../experiment/result/schema.js";
import { accepted } from "../accepted.js";
import { type Child, type Drawn, figure, h, note, numeral, proseTable, table } from "../elements.js";
import { formatDate, plural, runtime, typographic } from "../format.js";
import { renderPage } from "../page.js";
import { comparedBoundsPlot } from "../plots/compared-bounds.js";
import { fitted } from "../plots/fitted.js";
import { lossCurvesPlot } from "../plots/loss-curves.js";
import { seriesColor } from "../plots/series-style.js";
import { verdictOf } from "../verdict.js";
import { boundsOf } from "./bounds.js";
import { type Measure, type MeasuredValue, measuresOf, valueWords } from "./measures.js";
import { type ComparedRun, haveSameData } from "./runs.js";

export type { ComparedRun } from "./runs.js";

/**
 * A page with runs side by side: one file that fetches nothing, the same text for the same arguments.
 * @param runs at least one; each label once.
 * @throws ArgumentError or ArgumentTypeError naming the part of a result that is not as it must be.
 */
export function renderComparison(runs: readonly ComparedRun[]): string {
  const whole = requireRuns(runs);
  const title = `${plural(whole.length, "run")} side by side`;
  const parts = [
    ...verdicts(whole),
    ...bounds(whole),
    ...losses(whole),
    ...measures(whole),
    ...differences(whole),
    ...origins(whole),
  ];
  return renderPage(title, [header(title, whole), h("main", {}, ...parts)]);
}

function requireRuns(runs: readonly ComparedRun[]): ComparedRun[] {
  requireArray("runs", runs);
  if (runs.length === 0) throw new ArgumentError("runs", "must have at least one run", 0);
  const labels = new Set<string>();
  return runs.map((run, index) => {
    const argument = `runs[${index}]`;
    const { label, result } = requireObject(argument, run);
    if (typeof label !== "string") throw new ArgumentTypeError(`${argument}.label`, "must be a string", label);
    if (labels.has(label)) throw new ArgumentError(`${argument}.label`, "must be another one for each run", label);
    labels.add(label);
    const whole = requireObject(`${argument}.result`, result);
    return { label, result: accepted(`${argument}.result`, resultSchema, whole, "result.json") };
  });
}

function header(title: string, runs: readonly ComparedRun[]): Drawn {
  const warning = haveSameData(runs)
    ? []
    : [
        h(
          "p",
          { class: "unmet" },
          "The runs are of different data: bounds and distances of one say nothing of another.",
        ),
      ];
  return h("header", {}, h("h1", {}, title), h("p", {}, runs.map(({ label }) => label).join(", ")), ...warning);
}

function section(id: string, title: string, ...content: readonly Drawn<Node>[]): Drawn {
  return h("section", { id }, h("h2", {}, title), ...content);
}

function named({ label }: ComparedRun, index: number): Drawn {
  return h("span", { class: "key", style: `--key: ${seriesColor(index)}` }, `${index + 1} ${label}`);
}

function verdicts(runs: readonly ComparedRun[]): Drawn[] {
  const rows = runs.map((run, index) => [named(run, index), verdictOf(run.result)]);
  return [section("verdicts", "What each comes to", proseTable("In one sentence", ["run", ""], rows))];
}

function bounds(runs: readonly ComparedRun[]): Drawn[] {
  const all = runs.map(boundsOf);
  if (all.every((each) => Object.keys(each).length === 1)) return [];
  return [
    section(
      "bounds",
      "Bounds on the divergence",
      figure(
        "Bars: KL lies between their ends with the confidence of each run. Triangle: lower bound, square: certificate. The axis is logarithmic.",
        fitted((width) => comparedBoundsPlot(all, width)),
      ),
    ),
  ];
}

function losses(runs: readonly ComparedRun[]): Drawn[] {
  const curves = runs.map(({ label, result }) => ({ label, loss: result.training.loss }));
  if (curves.every(({ loss }) => loss.length === 0)) return [];
  const weighted = new Set(runs.map(({ result }) => JSON.stringify(result.config.training.weighting))).size > 1;
  const words = weighted ? " Losses are weighted differently: their heights say nothing of each other." : "";
  return [
    section(
      "loss",
      "Training loss",
      figure(
        `Mean denoising loss of the clients in each round.${words}`,
        h("p", { class: "label" }, ...runs.map(named)),
        fitted((width) => lossCurvesPlot(curves, width)),
      ),
    ),
  ];
}

function measures(runs: readonly ComparedRun[]): Drawn[] {
  const all = measuresOf(runs.map(({ result }) => result));
  const rows = all.map((measure): Child[] => [
    measure.unit === "" ? measure.name : h("span", {}, measure.name, h("small", {}, measure.unit)),
    ...measure.values.map((value) => measureCell(measure, value)),
  ]);
  return [
    section("measures", "Measures", proseTable("Estimates with their intervals", ["measure", ...headings(runs)], rows)),
  ];
}

function measureCell(measure: Measure, found: MeasuredValue | null): Child {
  const words = valueWords(measure, found, typographic);
  if (words === undefined || found === null) return "–";
  if (found.value === undefined) return words;
  const ends = valueWords(
    measure,
    { ...(found.low !== undefined && { low: found.low }), ...(found.high !== undefined && { high: found.high }) },
    typographic,
  );
  const value = numeral(found.value, measure.words(found.value, typographic));
  return ends === undefined ? value : h("span", {}, value, h("small", {}, ends));
}

function headings(runs: readonly ComparedRun[]): string[] {
  return runs.map(({ label }, index) => `${index + 1} ${label}`);
}

function differences(runs: readonly ComparedRun[]): Drawn[] {
  const found = configDifferences(runs.map(({ result }) => result.config));
  const content =
    found.length === 0
      ? note("The configs say the same.")
      : proseTable(
          "Keys whose values differ; all others are the same",
          ["key", ...headings(runs)],
          found.map(({ key, values }): Child[] => [
            h("code", {}, key),
            ...values.map((value) => (value === undefined ? "–" : h("span", { class: "long" }, JSON.stringify(value)))),
          ]),
        );
  return [section("config", "What the configs differ in", content)];
}

function origins(runs: readonly ComparedRun[]): Drawn[] {
  const rows = runs.map((run, index) => [named(run, index), ...originOf(run.result)]);
  const head = ["run", "name", "seed", "ended", "fedscore", "runtime", "kernels", "processor"];
  return [section("runs", "Where they ran", table("Runs", head, rows))];
}

function originOf({ name, seed, date, environment }: ExperimentResult): string[] {
  const { version, variant, cpu } = environment;
  return [name, String(seed), date === undefined ? "–" : formatDate(date), version, runtime(environment), variant, cpu];
}
