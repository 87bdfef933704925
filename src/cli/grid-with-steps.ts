import type { GridSpec } from "../diffusion/grids/index.js";
import { ArgumentError } from "../errors.js";
import type { Model } from "../model/model.js";
import { withSteps } from "../model/with-steps.js";

/** The model's grid with the number of steps of the option --steps. */
export function gridWithSteps({ sampling }: Model, steps: number): GridSpec {
  const grid = withSteps(sampling.grid, steps);
  if (grid) return grid;
  throw new ArgumentError(
    "--steps",
    'cannot change the times of a grid that was listed time by time, computed for its number of steps ("certified") or given by kappa: leave it out, or run again with another sampling.grid',
    steps,
  );
}
