import { h } from "../elements.js";
import type { Section } from "./section.js";

/** That the run was attacked because its config says so. */
export const attackSection: Section = {
  id: "attack",
  title: "Under attack",
  render({ attack }) {
    if (!attack) return [];
    const { kind, clients, warning } = attack;
    return [
      h("p", { class: "note" }, h("strong", {}, `${warning}.`), ` Attack: ${kind}; clients ${clients.join(", ")}.`),
    ];
  },
};
