/** The tables that docs/platforms.json gives: of platforms in README.md, of sizes in docs/embedding.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./build.mjs";

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)];
const list = (values) => values.filter((value) => value !== "").join(", ");
const milliseconds = ({ coldStart }) => (coldStart === null ? "" : `${coldStart} ms`);

function runtimeRow({ platform, version, outcome }) {
  if ("skipped" in outcome) return [platform, version, "", "", `not tried: ${outcome.skipped}`, ""];
  return [platform, version, outcome.kernels.join(", "), outcome.workers, "yes", milliseconds(outcome)];
}

function pageRow({ page, version, workersFrom, outcomes }) {
  const ran = Object.entries(outcomes).filter(([, outcome]) => !("skipped" in outcome));
  const skipped = Object.entries(outcomes).filter(([, outcome]) => "skipped" in outcome);
  const kernels = [...new Set(ran.flatMap(([, outcome]) => outcome.kernels))];
  const workers = [...new Set(ran.map(([, outcome]) => outcome.workers))];
  return [
    `page: ${page}`,
    version,
    kernels.join(", "),
    list([...workers, workersFrom && `from ${workersFrom}`]),
    list([
      ...ran.map(([name]) => name),
      ...skipped.map(([name, outcome]) => `not tried in ${name}: ${outcome.skipped}`),
    ]),
    list(ran.map(([, outcome]) => milliseconds(outcome))),
  ];
}

/** One row a runtime, one a way into a page; below it what the numbers are. */
function platformTable({ bytes, runtimes, browsers, pages, loads, date, machine, load }) {
  const names = Object.entries(browsers).map(([name, version]) => `${name} ${version}`);
  return [
    ...table(
      ["platform", "version", "kernels", "workers", "same bytes", "cold start"],
      [...runtimes.map(runtimeRow), ...pages.map(pageRow)],
    ),
    "",
    `Pages in ${names.join(" and ")}. Same bytes: the strict build gives the model ${bytes.model.slice(0, 12)} and the samples ${bytes.samples.slice(0, 12)} (SHA-256).`,
    `Cold start: from the import, in a page from the request for its first script, to the end of the first training step; the least of ${loads}, ${date}, on ${machine}, which had a load average of ${load} before.`,
  ];
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const amount = (value, unit) => (unit === "bytes" ? kilobytes(value) : `${value.toFixed(1)} ${unit}`);

function sizeTable({ sizes, date }) {
  return [
    ...table(
      ["", "is", "after gzip", "may be"],
      sizes.map(({ name, unit, value, gzip, limit }) => [
        name,
        amount(value, unit),
        gzip === undefined ? "" : kilobytes(gzip),
        amount(limit, unit),
      ]),
    ),
    "",
    `Of ${date}. The tests hold the package to the last column.`,
  ];
}

/** Path of a page -> the table that stands in it between `<!-- platforms -->` and `<!-- /platforms -->`. */
const tables = { "README.md": platformTable, "docs/embedding.md": sizeTable };

export const results = () => JSON.parse(readFileSync(join(root, "docs/platforms.json"), "utf8"));

/** The pages with the tables of these results in them: path below the root of the project -> content. */
export function platformPages(found) {
  return Object.fromEntries(
    Object.entries(tables).map(([path, lines]) => {
      const text = readFileSync(join(root, path), "utf8");
      const place = /(<!-- platforms: [^>]*-->\n)[\s\S]*?(<!-- \/platforms -->)/;
      if (!place.test(text))
        throw new Error(`${path} has no place for its table: <!-- platforms: ... --> ... <!-- /platforms -->`);
      return [path, text.replace(place, (_, begin, end) => `${begin}\n${lines(found).join("\n")}\n\n${end}`)];
    }),
  );
}
