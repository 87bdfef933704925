/**
 * `npm run bench [-- NAME ...] [--quick]`: measures, prints a table for each question and keeps bench/results/NAME.json and
 * docs/benchmarks.md. `--quick` measures shortly, keeps nothing and reports what got worse than the committed results.
 * `--render` only draws docs/benchmarks.md again.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { regressions } from "./harness/regression.mjs";
import { allCommitted, committed, fileOf, names } from "./harness/results.mjs";
import { setup } from "./harness/setup.mjs";
import { table } from "./harness/table.mjs";

async function measure(name, pace) {
  const { title, measure } = await import(`./questions/${name}.mjs`);
  const { commit, hardware, nodeVersions } = await import("./harness/environment.mjs");
  console.log(`\n== ${name}: ${title}`);
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
    rows,
    ...(series && { series }),
  };
}

function report(all, quick) {
  const rows = all.flatMap((result) => result.rows.map((row) => ({ ...row, of: result.name })));
  const judged = rows.filter(({ met }) => met !== undefined);
  const missed = judged.filter(({ met }) => !met);
  console.log(`\n${judged.length - missed.length} of ${judged.length} targets met`);
  for (const { of, name, target, value, ratio } of missed) {
    console.log(
      `  missed: ${of}: ${name}: ${target}, measured ${(target.startsWith("ratio") ? ratio : value).toPrecision(3)}`,
    );
  }
  if (!quick) return;
  const worse = all.flatMap((result) => {
    const before = committed(result.name);
    return before ? regressions(result, before) : [];
  });
  console.log(
    worse.length === 0
      ? "no ratio worse than committed beyond the noise"
      : `worse than committed:\n${worse.map((line) => `  ${line}`).join("\n")}`,
  );
  if (worse.length > 0) process.exitCode = 1;
}

async function render() {
  const { renderBenchmarks } = await import("./harness/render.mjs");
  await renderBenchmarks(allCommitted());
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, render: { type: "boolean", default: false } },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(", ")}; there are ${names.join(", ")}`);
  process.exit(2);
}

await setup();
if (!values.render) {
  const all = [];
  const { quick, thorough } = await import("./harness/compare.mjs");
  for (const name of positionals.length > 0 ? positionals : names) {
    const result = await measure(name, values.quick ? quick : thorough);
    all.push(result);
    if (values.quick) continue;
    mkdirSync(dirname(fileOf(name)), { recursive: true });
    writeFileSync(fileOf(name), `${JSON.stringify(result, null, 2)}\n`);
  }
  report(all, values.quick);
}
if (!values.quick) await render();
