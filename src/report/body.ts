import { titleOf } from "../divergence/index.js";
import { isNotComputed, type Part } from "../experiment/result/not-computed.js";
import type { ExperimentResult } from "../experiment/result/schema.js";
import { type Child, type Drawn, h, numeral } from "./elements.js";
import { formatBytes, formatFlops, formatInteger, formatPercent, formatSeconds, plural, runtime } from "./format.js";
import type { Interval } from "./parts.js";
import type { ReportSamples } from "./samples.js";
import { sections } from "./sections/index.js";

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
    ...headline(measured),
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

/** Everything inside the page's body. */
export function reportBody(result: ExperimentResult, samples?: ReportSamples): readonly Drawn<Node>[] {
  const { environment, name, seed } = result;
  const workers = plural(environment.workers, "worker");
  const subtitle = `Distributed diffusion training, seed ${seed}. ${runtime(environment)}, ${environment.variant} kernels, ${workers}.`;
  const header = h("header", {}, h("h1", {}, name), h("p", {}, subtitle), facts(result));
  const parts = sections.flatMap((section) => {
    const content = section.render(result, samples);
    if (content.length === 0) return [];
    return [h("section", { id: section.id }, h("h2", {}, section.title), ...content)];
  });
  return [header, h("main", {}, ...parts)];
}
