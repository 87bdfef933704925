import { requireGrid, type TimeGrid, validateGrid } from "../diffusion/grid.js";
import { kappaOf } from "../diffusion/grids/index.js";
import { ouTime } from "../diffusion/ou-time.js";
import type { NoiseSchedule } from "../diffusion/schedule.js";
import { requireInteger } from "../errors.js";
import type { TheoremId } from "./registry/index.js";

/** Rates of the literature for a grid: to be read "up to a universal constant", never as a bound. */
export interface ReferenceRates {
  readonly theorem: TheoremId;
  readonly label: string;
  /** max_k h_k / min(1, tau_{k+1}) that the grid achieves, in Ornstein-Uhlenbeck time. */
  readonly kappa: number;
  /** T in Ornstein-Uhlenbeck time. */
  readonly horizon: number;
  /** N. */
  readonly steps: number;
  /** kappa^2 d N and kappa d T for the discretization, d e^-2T for the start. */
  readonly terms: Readonly<Record<"kappa^2 d N" | "kappa d T" | "d e^-2T", number>>;
}

/** The terms of Benton et al., arXiv 2308.03686, theorem 1, but the score error; any grid, any variance preserving schedule. */
export function bentonRates(schedule: NoiseSchedule, grid: TimeGrid, dimension: number): ReferenceRates {
  requireInteger("dimension", dimension, 1);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  const kappa = kappaOf(grid, schedule);
  const horizon = ouTime(schedule.logSnr(grid.times[0]));
  const steps = grid.times.length - 1;
  return {
    theorem: "benton-rate",
    label: "up to the universal constant of Benton et al.",
    kappa,
    horizon,
    steps,
    terms: {
      "kappa^2 d N": kappa * kappa * dimension * steps,
      "kappa d T": kappa * dimension * horizon,
      "d e^-2T": dimension * Math.exp(-2 * horizon),
    },
  };
}
