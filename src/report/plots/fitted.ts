import { type Drawn, h } from "../elements.js";

/** Width of pictures on a phone, in CSS pixels. */
export const narrowWidth = 336;

/** A picture drawn twice, for wide pages and for phones, so that its text is of the same size in both; the style sheet shows one of them. */
export function fitted(plot: (width?: number) => Drawn<SVGElement>): Drawn {
  return h(
    "div",
    { class: "fitted" },
    h("div", { class: "wide" }, plot()),
    h("div", { class: "narrow" }, renamed(plot(narrowWidth))),
  );
}

/** Ids are unique in a page. */
function renamed(picture: Drawn<SVGElement>): Drawn<SVGElement> {
  return (document) => {
    const svg = picture(document);
    for (const element of svg.querySelectorAll("[id]")) element.id += "-narrow";
    const labels = svg.getAttribute("aria-labelledby")?.split(" ") ?? [];
    svg.setAttribute("aria-labelledby", labels.map((id) => `${id}-narrow`).join(" "));
    return svg;
  };
}
