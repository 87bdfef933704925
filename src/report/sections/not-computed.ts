import { failedParts } from "../../experiment/result/not-computed.js";
import { h, proseTable } from "../elements.js";
import type { Section } from "./section.js";

/** Parts of the result that could not be computed, each with its reason. */
export const notComputedSection: Section = {
  id: "not-computed",
  title: "Not computed",
  render(result) {
    const failed = failedParts(result);
    if (failed.length === 0) return [];
    const rows = failed.map(({ part, notComputed, needs }) => [
      h("code", {}, part),
      needs === undefined ? notComputed : `needs ${needs}`,
    ]);
    return [proseTable("Parts of result.json that could not be computed; all others hold", ["part", "why"], rows)];
  },
};
