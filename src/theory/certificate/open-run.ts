import type { Denoiser } from "../../diffusion/denoiser.js";
import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { NoiseLevel, NoiseSchedule } from "../../diffusion/schedule.js";
import type { Engine, Pointer } from "../../kernels/index.js";
import { affineDenoiser, affineTarget } from "../../targets/affine.js";
import { type Cells, oneCell } from "../../targets/cells.js";
import type { Target } from "../../targets/target.js";
import { closedInitialization } from "../initialization.js";
import type { PathBlock, PathCost } from "./path-cost.js";
import { type Strata, strataOf, unitPaths } from "./strata.js";

/** What all units of one certificate have in common. */
export interface PathProblem {
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly cost: PathCost;
  readonly target: Target & { readonly denoiser: Denoiser };
  /** The target's own denoiser to certify the exact one. */
  readonly denoiser: Denoiser;
  readonly seed: number;
}

/** The target's cells; of one that has none, all of it as one cell, drawn as the target draws. */
export function cellsOf(target: Pick<Target, "cells" | "sample">): Cells {
  return (
    target.cells ??
    oneCell("law", (engine, rows, seed, first) => ({ points: target.sample(engine, rows, seed, first).points }))
  );
}

/** A problem about the law moved to mean 0, in the memory of an engine: far from the origin float32 would lose what noise there is. */
export interface Run
  extends Pick<PathBlock, "engine" | "dimension" | "center" | "exact" | "approximate" | "scratch" | "norms" | "costs"> {
  readonly target: Target;
  readonly shift: Float64Array;
  readonly cost: PathCost;
  readonly seed: number;
  readonly levels: readonly NoiseLevel[];
  readonly samplesInitialization: boolean;
  readonly cells: Cells;
  readonly strata: Strata;
  /** X_0 of all rows, and of those that visit a step. */
  readonly points: Pointer;
  readonly visiting: Pointer;
}

/** Room for so many units at once: call inside an arena scope. */
export function openRun(engine: Engine, problem: PathProblem, units: number): Run {
  const { schedule, grid, cost, seed } = problem;
  const { dimension } = problem.target;
  const levels = levelsOf(schedule, grid);
  const rows = units * unitPaths;
  const vector = () => engine.arena.allocate(4 * rows * dimension);
  const shift = problem.target.mean ?? new Float64Array(dimension);
  const moved = shift.some((value) => value !== 0);
  const centre = { shift, scale: 1 };
  const target = moved ? affineTarget(problem.target, centre) : problem.target;
  const exact = target.denoiser ?? problem.target.denoiser;
  const own = problem.denoiser === problem.target.denoiser;
  const approximate = moved ? affineDenoiser(problem.denoiser, centre) : problem.denoiser;
  const cells = cellsOf(problem.target.cells ? target : { sample: target.sample });
  return {
    engine,
    dimension,
    target,
    shift,
    cost,
    seed,
    levels,
    samplesInitialization: closedInitialization(problem.target, levels[0]) === undefined,
    cells,
    strata: strataOf(cells),
    exact: exact.open(engine, rows),
    approximate: (own ? exact : approximate).open(engine, rows),
    points: vector(),
    visiting: vector(),
    scratch: [vector(), vector(), vector(), vector(), vector(), vector()],
    norms: engine.arena.allocate(8 * rows),
    costs: {
      total: new Float64Array(rows),
      score: new Float64Array(rows),
      discretization: new Float64Array(rows),
      mmse: new Float64Array(rows),
    },
    center: moved
      ? engine.arena.copyIn(Float32Array.from({ length: rows * dimension }, (_, at) => shift[at % dimension])).pointer
      : undefined,
  };
}
