import { namedMember } from "../../family.js";
import { type MetricsFormat, metricNames } from "./format.js";

/** One line a round, after a line of names. */
export const csv = namedMember<MetricsFormat>()({
  name: "csv",
  file: "metrics.csv",
  begin: () => line(["stage", "round", ...metricNames]),
  row: ({ stage, round, values }) =>
    line([stage, String(round), ...metricNames.map((name) => String(values[name] ?? ""))]),
});

function line(cells: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${cells.join(",")}\n`);
}
