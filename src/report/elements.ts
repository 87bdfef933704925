import { formatNumber } from "./format.js";

export type Child = Node | string;

/** An HTML element; text becomes text nodes, so nothing that comes from outside is ever read as markup. */
export function h(
  document: Document,
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A number as text that carries its exact value: <data value="0.0233812">0.02338</data>. */
export function numeral(document: Document, value: number, text: string = formatNumber(value)): HTMLElement {
  return h(document, "data", { value: String(value) }, text);
}

/** A table with a caption for screen readers; the first column heads its row. */
export function table(
  document: Document,
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const headings = head.map((text) => h(document, "th", { scope: "col" }, text));
  const body = rows.map(([first, ...rest]) =>
    h(
      document,
      "tr",
      {},
      h(document, "th", { scope: "row" }, first),
      ...rest.map((cell) => h(document, "td", {}, cell)),
    ),
  );
  return h(
    document,
    "div",
    { class: "table" },
    h(
      document,
      "table",
      {},
      h(document, "caption", {}, caption),
      h(document, "thead", {}, h(document, "tr", {}, ...headings)),
      h(document, "tbody", {}, ...body),
    ),
  );
}

/** A picture under a heading, with one sentence that says what it means. */
export function figure(document: Document, sentence: string, ...pictures: readonly Node[]): HTMLElement {
  return h(
    document,
    "figure",
    {},
    h(document, "div", { class: "pictures" }, ...pictures),
    h(document, "figcaption", {}, sentence),
  );
}

/** One picture of several side by side, with its own label. */
export function panel(document: Document, label: string, picture: Node): HTMLElement {
  return h(document, "div", { class: "panel" }, h(document, "p", { class: "label" }, label), picture);
}
