import { configDifferences } from "../../experiment/config/differences.js";
import { measuresOf, valueWords } from "../../report/compare/measures.js";
import { type ComparedRun, haveSameData } from "../../report/compare/runs.js";
import { plain } from "../../report/format.js";
import { aligned } from "../print.js";

/** Most characters of a config's value: a schema is long. */
const mostCharacters = 60;

/** Runs side by side as aligned text: what they measure, then what their configs differ in. */
export function formatComparison(runs: readonly ComparedRun[]): string {
  const labels = runs.map(({ label }) => label);
  const measures = measuresOf(runs.map(({ result }) => result)).map((measure) => [
    measure.unit === "" ? measure.name : `${measure.name}, ${measure.unit}`,
    ...measure.values.map((value) => valueWords(measure, value, plain) ?? "-"),
  ]);
  const differences = configDifferences(runs.map(({ result }) => result.config)).map(({ key, values }) => [
    key,
    ...values.map((value) => (value === undefined ? "-" : shortened(JSON.stringify(value)))),
  ]);
  const configs =
    differences.length === 0 ? ["the configs say the same"] : aligned([["config", ...labels], ...differences]);
  const warning = haveSameData(runs)
    ? []
    : ["", "the runs are of different data: numbers of one say nothing of another"];
  return `${[...aligned([["measure", ...labels], ...measures]), "", ...configs, ...warning].join("\n")}\n`;
}

function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 3)}...`;
}
