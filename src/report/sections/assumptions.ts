import { type Drawn, h, proseTable } from "../elements.js";
import type { Bound } from "../parts.js";

/** What a bound needs, each line met or not, and how it was checked. */
export function assumptionTable(caption: string, assumptions: Bound["assumptions"]): Drawn {
  const rows = assumptions.map(({ statement, met, assumed, evidence }) => [
    statement,
    met ? (assumed ? "assumed" : "met") : h("strong", { class: "unmet" }, "not met"),
    evidence,
  ]);
  return proseTable(caption, ["assumption", "", "how it was checked"], rows);
}
