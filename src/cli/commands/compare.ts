import { basename } from "node:path";
import { Command } from "commander";
import { configDifferences } from "../../experiment/config/differences.js";
import { requireWritable, writeAtomically } from "../../experiment/files/atomic.js";
import type { ExperimentResult } from "../../experiment/result/schema.js";
import { measuresOf } from "../../report/compare/measures.js";
import { type ComparedRun, haveSameData } from "../../report/compare/runs.js";
import { formatComparison } from "../compare/table.js";
import { withExamples } from "../examples.js";
import { resultFile } from "../inspect/file.js";
import { printJson, printResult } from "../output.js";
import { readResult } from "../read-result.js";

interface CompareArguments {
  readonly out?: string;
  readonly json?: boolean;
}

const after = `
A run is named by its folder or its result.json. Bounds, measured distances and work stand side by side, then the keys in which the
configs differ. The page of --out has the loss curves over one another and the bounds on one axis; it is one file that fetches nothing.`;

export function compareCommand(): Command {
  return withExamples(
    new Command("compare")
      .description("put runs side by side: bounds, measures, what their configs differ in")
      .argument("<run...>", "folders of finished runs, or their result.json")
      .option("-o, --out <file>", "write a page, too: compare.html")
      .option("--json", "print the comparison as JSON on stdout")
      .action(compare),
    [
      ["fedscore compare runs/ring runs/ring-pruned", "a table"],
      ["fedscore compare runs/* --out compare.html", "a page with curves and bounds, too"],
      ["fedscore compare runs/a runs/b --json", "for a program"],
    ],
    after,
  );
}

async function compare(paths: readonly string[], { out, json }: CompareArguments): Promise<void> {
  if (out !== undefined) requireWritable(out);
  const read = paths.map((path) => ({ path, result: readResult(resultFile(path, "compare"), "compare") }));
  const labels = labelsOf(read);
  const runs = read.map(({ result }, index): ComparedRun => ({ label: labels[index], result }));
  if (out !== undefined) {
    // The plots and the document that they are drawn in are of use to few commands.
    const { renderComparison } = await import("../../report/compare/index.js");
    writeAtomically(out, renderComparison(runs));
  }
  if (json) return printJson(comparisonOf(runs, paths));
  await printResult(`${formatComparison(runs)}${out === undefined ? "" : `\npage  ${out}\n`}`);
}

/** Names of runs where they differ, else of their folders, else what was given; the same path twice is counted. */
function labelsOf(read: readonly { readonly path: string; readonly result: ExperimentResult }[]): string[] {
  const ways = [
    read.map(({ result }) => result.name),
    read.map(({ path }) => basename(path)),
    read.map(({ path }) => path),
  ];
  const distinct = ways.find((labels) => new Set(labels).size === labels.length);
  if (distinct) return distinct;
  const paths = read.map(({ path }) => path);
  return paths.map((path, index) => {
    const before = paths.slice(0, index).filter((each) => each === path).length;
    return before === 0 ? path : `${path} (${before + 1})`;
  });
}

/** The comparison for programs. */
function comparisonOf(runs: readonly ComparedRun[], paths: readonly string[]) {
  const results = runs.map(({ result }) => result);
  return {
    runs: runs.map(({ label, result }, index) => ({ label, path: paths[index], name: result.name, seed: result.seed })),
    sameData: haveSameData(runs),
    measures: measuresOf(results).map(({ name, unit, values }) => ({ name, unit, values })),
    config: configDifferences(results.map(({ config }) => config)).map(({ key, values }) => ({
      key,
      values: values.map((value) => value ?? null),
    })),
  };
}
