import { member } from "../../family.js";
import { integer, number } from "../../fields.js";
import { type LevelDensity, uniformShare } from "./distribution.js";

/** Uniform as long as no losses are known, or all of them are 0. */
export const importance = member({
  kind: "importance",
  source:
    "Nichol, Dhariwal, arXiv 2102.09672, section 3.3, with bins of levels and a decay in place of the last 10 losses of each level",
  text: "In proportion to the root of the mean squared loss, as training has met it; arXiv 2102.09672.",
  fields: {
    bins: integer(
      "[1, 4096]",
      64,
      "Runs of neighbouring levels, as equal as can be, whose losses are taken together; at most as many as there are levels.",
    ),
    decay: number("[0, 1)", 0.9, "Weight of all earlier rounds in the mean, each time one is added."),
    uniform: uniformShare,
  },
  create: (): LevelDensity => (logSnr, losses) => {
    if (!losses?.some((loss) => loss > 0)) return undefined;
    return logSnr.map((_, level) => losses[binOf(level, logSnr.length, losses.length)]);
  },
});

/** The bin of a level, of `bins` that are cut from `levels`. */
export function binOf(level: number, levels: number, bins: number): number {
  return Math.floor((level * bins) / levels);
}
