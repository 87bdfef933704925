/** How fast is a large CSV file columns, a summary and vectors, and how much memory does that take beyond them? */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { label, nodes } from "../harness/roster.mjs";
import { row } from "../harness/row.mjs";
import { summary } from "../harness/statistics.mjs";
import { writeTableFile } from "../harness/table-file.mjs";

export const title = "Tables: CSV files of 20 columns";

const worker = fileURLToPath(new URL("../workers/tables.mjs", import.meta.url));
const thousand = (rows) => `${rows / 1000} k rows`;
const megabytes = (bytes) => bytes / 2 ** 20;

/** The young generation grows as long as there is memory: of one size, garbage counts alike in small and large files. */
const flags = ["--max-semi-space-size=8"];

function measured(node, who, path) {
  const { status, stdout, stderr } = spawnSync(node.path, [...flags, worker, who, path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${who} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`);
  return JSON.parse(stdout);
}

const least = (runs, of) => Math.min(...runs.map(of));

export async function measure({ share }) {
  const isFull = share === 1;
  const [sizes, turns] = isFull ? [[250_000, 500_000, 1_000_000], 3] : [[25_000, 50_000, 100_000], 1];
  const node = nodes.newest;
  const folder = mkdtempSync(join(tmpdir(), "fedscore-bench-tables-"));
  try {
    const results = sizes.map((rows) => {
      const path = join(folder, `${rows}.csv`);
      writeTableFile(path, rows);
      const all = { ours: [], papa: [] };
      for (let turn = 0; turn < turns; turn++) {
        all.ours.push(measured(node, "fedscore", path));
        all.papa.push(measured(node, "papaparse", path));
      }
      return { rows, ...all };
    });
    return { rows: [...speeds(results.at(-1), node, isFull), ...memories(results, node)] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function speeds({ rows, ours, papa }, node, isFull) {
  const on = `${thousand(rows)}, ${label(node)}`;
  const speed = (name, what) => {
    const seconds = summary(ours.map((each) => each.seconds[name]));
    return { name: `${what}, ${on}`, value: rows / seconds.best, unit: "rows/s", spread: seconds.spread };
  };
  const papaBest = least(papa, ({ seconds }) => seconds.read);
  const beside = { peer: "Papa Parse, to arrays of texts", peerValue: rows / papaBest };
  const read = speed("read", "read into typed columns");
  const total = least(ours, ({ seconds }) => Object.values(seconds).reduce((sum, each) => sum + each, 0));
  return [
    row({ ...read, ...beside, ratio: read.value / beside.peerValue }),
    row(speed("summarize", "summary of columns")),
    row(speed("encode", "vectors")),
    row({
      name: `schema, columns, summary and vectors, ${on}`,
      value: total,
      unit: "s",
      ...(isFull && { target: "value <= 20" }),
    }),
  ];
}

/** Peak of memory while a file is read, without the bytes of the columns themselves. */
function memories(results, node) {
  const beyond = (runs) => least(runs, ({ peak, columns = 0 }) => megabytes(peak - columns));
  return results.map(({ rows, ours, papa }) =>
    row({
      name: `memory beyond the columns, ${thousand(rows)}, ${label(node)}`,
      value: beyond(ours),
      unit: "MB",
      peer: "Papa Parse, its arrays included",
      peerValue: beyond(papa),
      ratio: beyond(papa) / beyond(ours),
    }),
  );
}
