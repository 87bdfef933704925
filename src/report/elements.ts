import { formatNumber } from "./format.js";

/** A node, once it is known which document it is made in: a browser's or Node's. */
export type Drawn<Made extends Node = HTMLElement> = (document: Document) => Made;

export type Child = Drawn<Node> | string;

/** An HTML element; text becomes text nodes, so nothing that comes from outside is ever read as markup. */
export function h(tag: string, attributes: Readonly<Record<string, string>>, ...children: readonly Child[]): Drawn {
  return (document) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.map((child) => (typeof child === "string" ? child : child(document))));
    return element;
  };
}

/** A number as text that carries its exact value: <data value="0.0233812">0.02338</data>. */
export function numeral(value: number, text: string = formatNumber(value)): Drawn {
  return h("data", { value: String(value) }, text);
}

type Rows = readonly (readonly Child[])[];

/** A table with a caption for screen readers; the first column heads its row. */
export function table(caption: string, head: readonly string[], rows: Rows): Drawn {
  return tableOf("table", caption, head, rows);
}

/** A table whose last column is sentences. */
export function proseTable(caption: string, head: readonly string[], rows: Rows): Drawn {
  return tableOf("table prose", caption, head, rows);
}

function tableOf(kind: string, caption: string, head: readonly string[], rows: Rows): Drawn {
  const headings = head.map((text) => h("th", { scope: "col" }, text));
  // On a phone, where the cells of a row stand below one another, each says which column it is of.
  const data = (column: number) => (head[column] ? { "data-column": head[column] } : {});
  const body = rows.map(([first, ...rest]) =>
    h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((cell, index) => h("td", data(index + 1), cell))),
  );
  return h(
    "div",
    { class: kind, tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...headings)), h("tbody", {}, ...body)),
  );
}

/** A picture under a heading, with one sentence that says what it means. */
export function figure(sentence: string, ...pictures: readonly Drawn<Node>[]): Drawn {
  return h("figure", {}, h("div", { class: "pictures" }, ...pictures), h("figcaption", {}, sentence));
}

/** One picture of several side by side, with its own label. */
export function panel(label: string, picture: Drawn<Node>): Drawn {
  return h("div", { class: "panel" }, h("p", { class: "label" }, label), picture);
}

/** A sentence for the reader. */
export function note(text: string): Drawn {
  return h("p", { class: "note" }, text);
}
