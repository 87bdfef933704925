import type { GridSpec } from "../diffusion/grids/index.js";

/** A grid of the same kind with another number of steps; undefined where its times were listed one by one or follow from kappa. */
export function withSteps(grid: GridSpec, steps: number): GridSpec | undefined {
  const givenByKappa = grid.kind === "benton" && grid.kappa !== undefined;
  return grid.kind === "user" || givenByKappa ? undefined : { ...grid, steps };
}
