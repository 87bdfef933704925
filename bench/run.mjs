/**
 * `npm run bench [-- NAME ...] [--passes N] [--quick]`: measures, prints a table for each question and keeps bench/results/NAME.json and
 * docs/benchmarks.md. `--quick` measures shortly, keeps nothing and reports what got worse than the committed results.
 * `--passes` measures all of them N times over and counts the turns of every pass: on a shared machine disturbances last for minutes.
 * `--render` only draws docs/benchmarks.md again.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { regressions } from "./harness/regression.mjs";
import { allCommitted, committed, fileOf, names } from "./harness/results.mjs";
import { setup } from "./harness/setup.mjs";
import { table } from "./harness/table.mjs";

async function measure(name, pace, pass = 1) {
  const { title, measure } = await import(`./questions/${name}.mjs`);
  const { commit, hardware, nodeVersions } = await import("./harness/environment.mjs");
  console.log(`\n== ${name}: ${title}${pass > 1 ? `, pass ${pass}` : ""}`);
  const begin = performance.now();
  const { rows, versions = {}, series } = await measure(pace);
  console.log(table(rows));
  console.log(`(${((performance.now() - begin) / 1000).toFixed(0)} s)`);
  return {
    name,
    title,
    hardware: hardware(),
    versions: { ...nodeVersions(), ...versions },
    date: new Date().toISOString(),
    commit: commit(),
    passes: pass,
    rows,
    ...(series && { series }),
  };
}

function report(all) {
  const rows = all.flatMap((result) => result.rows.map((row) => ({ ...row, of: result.name })));
  const judged = rows.filter(({ met }) => met !== undefined);
  const missed = judged.filter(({ met }) => !met);
  console.log(`\n${judged.length - missed.length} of ${judged.length} targets met`);
  for (const { of, name, target, value, ratio } of missed) {
    console.log(
      `  missed: ${of}: ${name}: ${target}, measured ${(target.startsWith("ratio") ? ratio : value).toPrecision(3)}`,
    );
  }
}

const rowOf = (line) => line.split(": ratio ")[0];

/** What got worse than the committed results, twice: a question with such a row is measured again, since a disturbance passes. */
async function worseThanCommitted(all, pace) {
  const confirmed = [];
  for (const result of all) {
    const before = committed(result.name);
    const suspects = before ? regressions(result, before) : [];
    if (suspects.length === 0) continue;
    console.log(`\n${suspects.length} of ${result.name} may have got worse: once more`);
    const again = regressions(await measure(result.name, pace), before).map(rowOf);
    confirmed.push(...suspects.filter((line) => again.includes(rowOf(line))));
  }
  return confirmed;
}

async function reportRegressions(all, pace) {
  const worse = await worseThanCommitted(all, pace);
  const lines = worse.map((line) => `  ${line}`).join("\n");
  console.log(
    worse.length === 0 ? "\nno ratio worse than committed beyond the noise" : `\nworse than committed:\n${lines}`,
  );
  if (worse.length > 0) process.exitCode = 1;
}

async function render() {
  const { renderBenchmarks } = await import("./harness/render.mjs");
  await renderBenchmarks(allCommitted());
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    render: { type: "boolean", default: false },
    passes: { type: "string", default: "1" },
  },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(", ")}; there are ${names.join(", ")}`);
  process.exit(2);
}

const passes = Number(values.passes);
if (!Number.isInteger(passes) || passes < 1) {
  console.error(`--passes must be a whole number from 1, got ${values.passes}`);
  process.exit(2);
}

await setup();
if (!values.render) {
  const { quick, thorough } = await import("./harness/compare.mjs");
  const pace = { ...(values.quick ? quick : thorough), turns: new Map() };
  let all = [];
  for (let pass = 1; pass <= passes; pass++) {
    all = [];
    for (const name of positionals.length > 0 ? positionals : names) {
      const result = await measure(name, pace, pass);
      all.push(result);
      if (values.quick) continue;
      mkdirSync(dirname(fileOf(name)), { recursive: true });
      writeFileSync(fileOf(name), `${JSON.stringify(result, null, 2)}\n`);
    }
  }
  report(all);
  if (values.quick) await reportRegressions(all, quick);
}
if (!values.quick) await render();
