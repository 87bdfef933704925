import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type MetricsName, type MetricsRow, metricsFormats } from "../metrics/index.js";
import { now } from "../metrics/now.js";
import { writeAtomically } from "./atomic.js";
import { onPath } from "./on-path.js";

/** Begins the files of some formats with the rounds that are done, and removes those of others. @throws FedscoreError FEDSCORE_FILE. */
export function beginMetrics(folder: string, names: readonly MetricsName[], rows: readonly MetricsRow[]): void {
  for (const { name, file, begin, row } of Object.values(metricsFormats)) {
    const path = join(folder, file);
    if (!names.some((each) => each === name)) onPath("remove", path, () => rmSync(path, { force: true }));
    else writeAtomically(path, joined([begin(rows[0]?.time ?? now()), ...rows.map(row)]));
  }
}

/** Adds a round to each file, in one write. @throws FedscoreError FEDSCORE_FILE. */
export function appendMetrics(folder: string, names: readonly MetricsName[], added: MetricsRow): void {
  for (const name of names) {
    const { file, row } = metricsFormats[name];
    const path = join(folder, file);
    onPath("write", path, () => appendFileSync(path, row(added)));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
