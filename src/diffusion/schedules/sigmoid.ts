import { member } from "../../family.js";
import { number } from "../../fields.js";
import { ScheduleCode } from "../../kernels/index.js";
import { betaOf, type NoiseSchedule } from "../schedule.js";
import { risingTimes } from "./time-range.js";

/**
 * alpha^2 falls from 1 to 0 as a sigmoid does between start / tau and end / tau. With a = start / tau, b = end / tau and A = (b - a) / 2
 *
 *     snr = sinh((1 - t) A) cosh(a / 2) / (sinh(t A) cosh(b / 2)),
 *
 * in which nothing cancels at either end.
 */
export const sigmoid = member({
  kind: "sigmoid",
  source: "Chen, arXiv 2301.10972, algorithm 1 (Jabri et al., arXiv 2212.11972)",
  text: "alpha^2 = (S(end) - S(start + t (end - start))) / (S(end) - S(start)), S(x) = 1 / (1 + exp(-x / tau)); Chen, arXiv 2301.10972.",
  fields: {
    start: number("[-20, 20]", -3, "Where the sigmoid starts, at t = 0."),
    end: number("[-20, 20]", 3, "Where it ends, at t = 1, above start by at least 0.001."),
    tau: number("[0.1, 10]", 1, "Temperature: larger values are nearer to a straight line in alpha^2."),
    tMin: number("[1e-100, 1)", 0.001, "First time that is used: where sampling stops."),
    tMax: number("(0, 1)", 0.999, "Last time that is used, below 1: where sampling starts."),
  },
  check(spec) {
    const { start, end } = spec;
    if (end - start >= leastRise) return risingTimes(spec);
    return { path: ["end"], rule: `must be above start = ${start} by at least ${leastRise}`, value: end };
  },
  create({ start, end, tau, tMin, tMax }): NoiseSchedule {
    const [a, b] = [start / tau, end / tau];
    const A = (b - a) / 2;
    const offset = logCosh(a / 2) - logCosh(b / 2);
    const logSnr = (t: number) => logSinh((1 - t) * A) - logSinh(t * A) + offset;
    return {
      name: "sigmoid",
      tMin,
      tMax,
      kernel: { code: ScheduleCode.sigmoid, parameters: [a, b] },
      logSnr,
      time: (value) => Math.log1p((2 * Math.sinh(A)) / (Math.exp(value - offset) + Math.exp(-A))) / (2 * A),
      beta: (t) => betaOf(logSnr(t), A / Math.tanh((1 - t) * A) + A / Math.tanh(t * A)),
    };
  },
});

/** Between the ends of the sigmoid: nearer ones are a straight line. */
const leastRise = 0.001;

/** log sinh x + log 2 for x > 0. */
function logSinh(x: number): number {
  return x < 1 ? Math.log(2 * Math.sinh(x)) : x + Math.log1p(-Math.exp(-2 * x));
}

/** log cosh x + log 2. */
function logCosh(x: number): number {
  return Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x)));
}
