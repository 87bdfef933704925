import { samplerName } from "../diffusion/samplers/index.js";
import { titleOf } from "../divergence/index.js";
import { ifComputed, isNotComputed, type Part } from "../experiment/result/not-computed.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { type Child, type Drawn, h, numeral } from "./elements.js";
import {
  formatBytes,
  formatDate,
  formatFlops,
  formatInteger,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSeconds,
  plural,
  runtime,
} from "./format.js";
import type { Interval } from "./parts.js";
import { partsOf } from "./plots/certificate-terms.js";
import type { ReportSamples } from "./samples.js";
import { sections } from "./sections/index.js";
import { qualityOf, scoreValue } from "./table-sources.js";
import { verdictOf } from "./verdict.js";

function fact(name: string, value: Child, note?: Child): Drawn {
  const small = note === undefined ? [] : [h("small", {}, note)];
  return h("div", {}, h("dt", {}, name), h("dd", {}, value, ...small));
}

/** The first measured divergence beside its floor. */
function headline(all: ExperimentResult["measured"]): Drawn[] {
  const [first] = Object.entries(all);
  if (!first) return [];
  const [name, measured] = first;
  const known = (part: Part<Interval>) => (isNotComputed(part) ? "not computed" : numeral(part.value));
  const value = isNotComputed(measured) ? "not computed" : numeral(measured.value);
  return [fact(titleOf(name), value, h("span", {}, "floor ", known(measured.floor)))];
}

/** Overall quality of a synthetic table beside that of real rows. */
function tableQuality({ table }: ExperimentResult): Drawn[] {
  const told = table && ifComputed(table);
  const value = scoreValue(qualityOf(told?.synthetic)?.overall);
  return value === undefined ? [] : [fact("Quality of the table", numeral(value), "1 at best")];
}

/** The certificate and what it is made of, where there is one. */
function certified({ certificate, dataLaw }: ExperimentResult): Drawn[] {
  if (!certificate || isNotComputed(certificate) || certificate.upper === null) return [];
  const { upper, confidence } = certificate;
  const parts = partsOf(certificate).map(({ name, value }) => `${name} ${formatNumber(value, 2)}`);
  const margin = upper - (certificate.value ?? upper);
  const made = [
    `at ${formatPercent(confidence)} confidence:`,
    [...parts, `margin ${formatNumber(margin, 2)}`].join(", "),
  ];
  return [
    fact(
      dataLaw ? "Certificate of the rows, KL in nats" : "Certificate, KL in nats",
      h("span", {}, "≤ ", numeral(upper)),
      made.join(" "),
    ),
  ];
}

/** Between which ends KL lies, where the run can say so. */
function enclosure({ klInterval }: ExperimentResult): Drawn[] {
  if (klInterval === undefined || isNotComputed(klInterval)) return [];
  const { low, high, confidence } = klInterval;
  const ends = h("span", {}, numeral(low), " to ", numeral(high));
  return [fact("KL, nats", ends, `at ${formatPercent(confidence)} confidence`)];
}

function facts(result: ExperimentResult): Drawn {
  const { training, coverage, measured, clients } = result;
  const { loss, rounds, seconds, flops, bytesUp, bytesDown } = training;
  const last = loss.at(-1);
  return h(
    "dl",
    { class: "facts" },
    ...enclosure(result),
    ...certified(result),
    ...(result.table ? tableQuality(result) : headline(measured)),
    ...(last === undefined ? [] : [fact("Loss, last round", numeral(last))]),
    fact("Rounds", numeral(rounds, formatInteger(rounds)), plural(clients.length, "client")),
    fact("Least coverage Γ*", numeral(coverage.min, formatInteger(coverage.min)), "clients per parameter"),
    fact("Training", numeral(seconds, formatSeconds(seconds)), formatFlops(flops)),
    fact(
      "Traffic up",
      numeral(bytesUp, formatBytes(bytesUp)),
      h("span", {}, numeral(bytesDown, formatBytes(bytesDown)), " down"),
    ),
  );
}

/** "30 rounds of 8 clients that keep 1, 1/2 of the network, on 20,000 rows of ring in 2 dimensions; 10,000 samples by ancestral." */
function whatRan({ training, clients, config, data, network }: ExperimentResult): string {
  const ratios = [...new Set(clients.map(({ keepRatio }) => keepRatio))].sort((a, b) => b - a).map(formatRatio);
  const parts = ratios.some((ratio) => ratio !== "1") ? ` that keep ${ratios.slice(0, 6).join(", ")} of it` : "";
  const size = `a network of ${formatInteger(network.parameters)} parameters`;
  const rows = `${formatInteger(data.train)} rows of ${whichData(config)} in ${plural(data.dimension, "dimension")}`;
  const drawn = `${plural(config.sampling.count, "sample")} by ${samplerName(config.sampling.sampler)}`;
  return `${plural(training.rounds, "round")} of training ${size} across ${plural(clients.length, "client")}${parts}, on ${rows}; ${drawn}.`;
}

function whichData({ data }: ExperimentResult["config"]): string {
  return data.kind === "table" ? "a table, encoded" : data.kind;
}

/** When and on what. */
function whereRan({ environment, seed, date }: ExperimentResult): string {
  const { version, variant, workers } = environment;
  const when = date === undefined ? "" : `${formatDate(date)}, `;
  return `${when}fedscore ${version}, ${runtime(environment)}, ${variant} kernels, ${plural(workers, "worker")}, seed ${seed}.`;
}

/** Everything inside the page's body. */
export function reportBody(result: ExperimentResult, samples?: ReportSamples): readonly Drawn<Node>[] {
  const header = h(
    "header",
    {},
    h("h1", {}, result.name),
    h("p", {}, whatRan(result)),
    h("p", { class: "verdict" }, verdictOf(result)),
    facts(result),
    h("p", { class: "where" }, whereRan(result)),
  );
  const parts = sections.flatMap((section) => {
    const content = section.render(result, samples);
    if (content.length === 0) return [];
    return [h("section", { id: section.id }, h("h2", {}, section.title), ...content)];
  });
  return [header, h("main", {}, ...parts)];
}
