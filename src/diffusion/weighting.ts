import { namedMember } from "../family.js";
import type { Preconditioning } from "./parameterization.js";

/** A noise level as loss weightings see it. */
export interface WeightedLevel {
  readonly alpha: number;
  readonly sigma: number;
  readonly preconditioning: Preconditioning;
  readonly sigmaData: number;
  /** Snr that the level's cell spans: of a sampling grid, snr_{k+1} - snr_k of the step that starts at the level. */
  readonly snrWidth: number;
  /** Number of levels, of which training draws one uniformly. */
  readonly levels: number;
}

/**
 * Weight of |x0hat - x_0|^2 at a level, whatever the network predicts; the loss is its mean over levels and batch, per coordinate.
 * One file each in weightings/, plus one line in its index; +, -, *, / and sqrt only.
 */
export interface Weighting {
  readonly name: string;
  readonly source: string;
  /** Of the squared error of the predicted data, at a level; >= 0. */
  weight(level: WeightedLevel): number;
}

/** A weighting whose name is a type of its own. */
export const weighting = namedMember<Weighting>();
