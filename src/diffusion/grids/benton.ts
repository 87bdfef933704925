import { ArgumentError } from "../../errors.js";
import { type Filled, member, type Problem } from "../../family.js";
import { integer, number, optional } from "../../fields.js";
import type { TimeGrid } from "../grid.js";
import { logSnrOfOuTime, ouTime } from "../ou-time.js";
import type { NoiseSchedule } from "../schedule.js";
import { type GeometricTail, tailOf } from "./geometric-tail.js";
import { rangeFields, resolveRange, ruledGrid } from "./range.js";

const fields = {
  steps: integer("[1, 1000000]", optional, "Sampling steps N; the grid has N + 1 times. Absent where kappa is given."),
  start: rangeFields.start,
  end: rangeFields.end,
  kappa: number(
    "(0, inf)",
    optional,
    "In place of steps and ends, which then follow: T = kappa uniformSteps + 1, delta = (1 + kappa)^-geometricSteps in OU time.",
  ),
  uniformSteps: integer("[0, 1000000]", optional, "Steps above OU time 1, with kappa."),
  geometricSteps: integer("[0, 1000000]", optional, "Steps below OU time 1, with kappa."),
};

type BentonGrid = Filled<typeof fields>;

/**
 * h_k <= kappa min(1, tau_{k+1}) in OU time, here for any variance preserving schedule. Either the number of steps and the
 * ends, kept exactly, and the split into uniform and geometric steps is the one with the smallest kappa; or the recipe's
 * own kappa, L and M.
 */
export const benton = member({
  kind: "benton",
  source: "Benton et al., arXiv 2308.03686, Theorem 1",
  text: "Uniform above OU time 1, geometric below, with the smallest kappa; Benton et al., arXiv 2308.03686.",
  fields,
  check: (spec) =>
    spec.kappa === undefined
      ? (given(spec, ["steps"], "where kappa is not given") ??
        absent(spec, ["uniformSteps", "geometricSteps"], "where kappa is not given"))
      : (absent(spec, ["steps", "start", "end"], "where kappa is given") ??
        given(spec, ["uniformSteps", "geometricSteps"], "where kappa is given") ??
        someStep(spec)),
  create({ kappa, uniformSteps = 0, geometricSteps = 0, steps = 0, ...ends }, schedule: NoiseSchedule): TimeGrid {
    if (kappa !== undefined) {
      return ruledGrid("benton", recipe(kappa, uniformSteps, geometricSteps, schedule), schedule, "kappa", kappa);
    }
    const tail = tailOf(resolveRange({ steps, ...ends }, schedule), schedule);
    return ruledGrid("benton", tail.times(leastKappa(tail, steps)), schedule);
  },
});

function given(spec: BentonGrid, keys: readonly (keyof BentonGrid)[], where: string): Problem | undefined {
  const missing = keys.find((key) => spec[key] === undefined);
  return missing && { path: [missing], rule: `must be given ${where}`, value: undefined };
}

function absent(spec: BentonGrid, keys: readonly (keyof BentonGrid)[], where: string): Problem | undefined {
  const extra = keys.find((key) => spec[key] !== undefined);
  return extra && { path: [extra], rule: `must be absent ${where}`, value: spec[extra] };
}

function someStep({ uniformSteps, geometricSteps }: BentonGrid): Problem | undefined {
  if (uniformSteps !== 0 || geometricSteps !== 0) return undefined;
  return { path: ["geometricSteps"], rule: "must be >= 1 where uniformSteps is 0", value: geometricSteps };
}

function recipe(kappa: number, L: number, M: number, schedule: NoiseSchedule): Float64Array {
  const growth = Math.log1p(kappa);
  const tau = (k: number) => (k <= L ? kappa * (L - k) + 1 : Math.exp(-growth * (k - L)));
  const times = Float64Array.from({ length: L + M + 1 }, (_, k) => timeOf(tau(k), schedule));
  if (times[0] > schedule.tMax * (1 + 1e-12)) {
    throw new ArgumentError(
      "grid.kappa",
      `times uniformSteps + 1 must be an OU time <= that of tMax = ${schedule.tMax}`,
      tau(0),
    );
  }
  if (times[L + M] < schedule.tMin * (1 - 1e-12)) {
    const most = Math.floor(-Math.log(ouTime(schedule.logSnr(schedule.tMin))) / growth);
    const rule = `must be at most ${Math.max(0, most)} with kappa = ${kappa}, so that times stay above tMin = ${schedule.tMin}`;
    throw new ArgumentError("grid.geometricSteps", rule, M);
  }
  // Rounding may have put an end a little beyond the schedule, where its log snr can be infinite.
  return times.map((t) => Math.min(schedule.tMax, Math.max(schedule.tMin, t)));
}

/** The time of an OU time; 0 or infinity, which no schedule has, where log snr is beyond float64. */
function timeOf(tau: number, schedule: NoiseSchedule): number {
  const logSnr = logSnrOfOuTime(tau);
  if (Number.isFinite(logSnr)) return schedule.time(logSnr);
  return logSnr > 0 ? 0 : Number.POSITIVE_INFINITY;
}

/** Number of uniform steps where max((T - 1) / L, delta^(-1 / M) - 1) is smallest: the first falls in L, the second rises. */
function leastKappa({ T, delta, least, most }: GeometricTail, steps: number): number {
  const uniformKappa = (L: number) => (T - 1) / L;
  const geometricKappa = (L: number) => Math.expm1(-Math.log(delta) / (steps - L));
  if (least === most) return least;
  let low = least;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uniformKappa(middle) <= geometricKappa(middle)) high = middle;
    else low = middle + 1;
  }
  const below = Math.max(least, low - 1);
  const kappa = (L: number) => Math.max(uniformKappa(L), geometricKappa(L));
  return kappa(below) <= kappa(low) ? below : low;
}
