import { member } from "../../family.js";
import { number } from "../../fields.js";
import type { PortableMath } from "../../kernels/index.js";
import { type LevelDensity, uniformShare } from "./distribution.js";

/** The density of ln(sigma / alpha) = -log snr / 2 at each level, times the width of its cell: the law between the ends of the levels. */
export const logNormal = member({
  kind: "log-normal",
  source: "Karras et al., arXiv 2206.00364, table 1 (P_mean, P_std), between the first and the last level",
  text: "ln(sigma / alpha) is normal; arXiv 2206.00364.",
  fields: {
    mean: number(
      "[-50, 50]",
      -1.2,
      "Of ln(sigma / alpha). The paper has -1.2 for data of deviation 0.5: for data of deviation s add ln(2 s).",
    ),
    deviation: number("[0.01, 100]", 1.2, "Of ln(sigma / alpha)."),
    uniform: uniformShare,
  },
  create:
    ({ mean, deviation }, { exp }: PortableMath): LevelDensity =>
    (logSnr) => {
      const exponents = logSnr.map((value) => {
        const distance = (-value / 2 - mean) / deviation;
        return (-distance * distance) / 2;
      });
      const largest = exponents.reduce((most, value) => Math.max(most, value));
      return exponents.map((value, k) => exp(value - largest) * cellWidth(logSnr, k));
    },
});

/** Between the middles to the neighbours; those at the ends are as wide on either side. */
function cellWidth(logSnr: Float64Array, k: number): number {
  const last = logSnr.length - 1;
  if (last === 0) return 1;
  const [before, after] = [Math.max(0, k - 1), Math.min(last, k + 1)];
  return Math.abs(logSnr[after] - logSnr[before]) / (after - before);
}
