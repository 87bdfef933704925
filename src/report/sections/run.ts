import type { ExperimentResult } from "../../experiment/result/schema.js";
import { type Drawn, h, note, proseTable } from "../elements.js";
import { formatDate, runtime } from "../format.js";
import type { Section } from "./section.js";

/** What is needed to run it again: command, config, seed, environment. */
export const runSection: Section = {
  id: "run",
  title: "How to reproduce it",
  render(result) {
    const { seed, environment, config, checksums, date } = result;
    const json = jsonOf(config);
    return [
      ...command(result, json),
      proseTable(
        "Seed and environment",
        ["", ""],
        [
          ...(date === undefined ? [] : [["ended", formatDate(date)]]),
          ["seed", String(seed)],
          ["fedscore", environment.version],
          ["runtime", runtime(environment)],
          ["kernels", environment.variant],
          ["workers", `${environment.workers}; any other number gives the same`],
          ["processor", environment.cpu],
          ["SHA-256 of the data", h("code", {}, checksums.data)],
          ["SHA-256 of the parameters", h("code", {}, checksums.parameters)],
        ],
      ),
      h("details", {}, h("summary", {}, "Config, with all defaults"), h("pre", {}, json)),
    ];
  },
};

/** The command, and the file that it needs: it goes with the page. */
function command({ name, config, environment, remote }: ExperimentResult, json: string): Drawn[] {
  const file = `${name.replace(/[^A-Za-z0-9._-]+/g, "-")}.json`;
  const where = remote ? "coordinate" : "run";
  const rest = remote ? "--server URL" : `--variant ${environment.variant}`;
  const link = `data:application/json;charset=utf-8,${encodeURIComponent(json)}`;
  const rows =
    "path" in config.data ? ` The rows are those of ${config.data.path}, seen from where the config is.` : "";
  const bytes =
    environment.variant === "simd"
      ? "The model has the same bytes on every machine."
      : "Relaxed kernels may differ in the last bits from one kind of processor to another; with --variant simd a model has the same bytes on every machine.";
  return [
    h("p", { class: "note" }, "Save ", h("a", { href: link, download: file }, file), " (the config below), then:"),
    h("pre", {}, `npx fedscore@${environment.version} ${where} ${file} ${rest}`),
    note(`${bytes}${rows}`),
  ];
}

/** JSON with a list of numbers on one line; no string of JSON holds a line's end. */
function jsonOf(value: unknown): string {
  const lines = JSON.stringify(value, null, 2) ?? "none";
  return lines.replace(/\[\n[-\d.e+,\s]+\]/g, (list) =>
    list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"),
  );
}
