import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { PortableMath } from "../../kernels/index.js";
import type { AverageRule } from "./average.js";

/** The weight of round t of T goes as (t / T)^gamma: the decay that adds round t is (1 - 1 / t)^(gamma + 1). */
export const power = member({
  kind: "power",
  source: "Karras et al., arXiv 2312.02696, equations 2 and 3; gamma from the length: algorithm 2",
  text: "Powers of the round, whose width is always the same share of the rounds so far; arXiv 2312.02696.",
  fields: {
    relativeLength: number(
      "[0.001, 0.28]",
      0.1,
      "Standard deviation of the round that a weight is of, as a share of all rounds (sigma_rel).",
    ),
  },
  create({ relativeLength }, { pow }: PortableMath): AverageRule {
    const exponent = exponentOf(relativeLength) + 1;
    return { decay: (round) => pow(round / (round + 1), exponent) };
  },
});

/** gamma >= 0 with (gamma + 1) / ((gamma + 2)^2 (gamma + 3)) = length^2, of which the left side falls. By bisection: +, *, / alone. */
export function exponentOf(length: number): number {
  const variance = length * length;
  let [low, high] = [0, 1 / length];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if ((middle + 1) / ((middle + 2) * (middle + 2) * (middle + 3)) > variance) low = middle;
    else high = middle;
  }
}
