import { titleOf } from "../divergence/index.js";
import { type Child, h, numeral } from "./elements.js";
import { formatBytes, formatFlops, formatInteger, formatSeconds, plural } from "./format.js";
import type { ReportInput } from "./input.js";
import { sections } from "./sections/index.js";

function fact(document: Document, name: string, value: Child, note?: Child): HTMLElement {
  const small = note === undefined ? [] : [h(document, "small", {}, note)];
  return h(document, "div", {}, h(document, "dt", {}, name), h(document, "dd", {}, value, ...small));
}

/** The first measured divergence beside its floor. */
function headline(document: Document, measured: ReportInput["measured"]): HTMLElement[] {
  const [first] = Object.entries(measured);
  if (!first) return [];
  const [name, { value, floor }] = first;
  const note = floor ? h(document, "span", {}, "floor ", numeral(document, floor.value)) : undefined;
  return [fact(document, titleOf(name), numeral(document, value), note)];
}

function facts(document: Document, { training, coverage, measured, clients }: ReportInput): HTMLElement {
  const { loss, rounds, seconds, flops, bytesUp, bytesDown } = training;
  const last = loss.at(-1);
  return h(
    document,
    "dl",
    { class: "facts" },
    ...headline(document, measured),
    ...(last === undefined ? [] : [fact(document, "Loss, last round", numeral(document, last))]),
    fact(
      document,
      "Rounds",
      numeral(document, rounds, formatInteger(rounds)),
      clients && plural(clients.length, "client"),
    ),
    fact(
      document,
      "Least coverage Γ*",
      numeral(document, coverage.min, formatInteger(coverage.min)),
      "clients per parameter",
    ),
    fact(document, "Training", numeral(document, seconds, formatSeconds(seconds)), formatFlops(flops)),
    fact(
      document,
      "Traffic up",
      numeral(document, bytesUp, formatBytes(bytesUp)),
      h(document, "span", {}, numeral(document, bytesDown, formatBytes(bytesDown)), " down"),
    ),
  );
}

/** Everything inside the page's body, in a browser's document or Node's. */
export function reportBody(document: Document, input: ReportInput): Node[] {
  const { environment, name, seed } = input;
  const workers = plural(environment.workers, "worker");
  const subtitle = `Distributed diffusion training, seed ${seed}. Node ${environment.node}, ${environment.variant} kernels, ${workers}.`;
  const header = h(
    document,
    "header",
    {},
    h(document, "h1", {}, name),
    h(document, "p", {}, subtitle),
    facts(document, input),
  );
  const parts = sections.flatMap((section) => {
    const content = section.render(document, input);
    if (content.length === 0) return [];
    return [h(document, "section", { id: section.id }, h(document, "h2", {}, section.title), ...content)];
  });
  return [header, h(document, "main", {}, ...parts)];
}
