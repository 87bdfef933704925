import type { Dataset } from "../../data/dataset.js";
import { ruinedColumn } from "../../data/exact.js";
import { requireReach, requireTrainable } from "../../data/range.js";
import type { Transform } from "../../data/transforms/index.js";
import { levelsOf, type TimeGrid } from "../../diffusion/grid.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { weightings } from "../../diffusion/weightings/index.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { levelDraws } from "../../network/level-draws.js";
import { levelTable, preconditioningAt, trainingLevels } from "../../network/levels.js";
import type { NetworkSpec } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";

/** Refuses rows that float32 does not hold, unless a transform takes their mean away before they are rounded. */
export function requireDigits({ points, exact, dimension }: Dataset, isCentred: boolean): void {
  const ruined = exact && !isCentred ? ruinedColumn(exact, points, dimension) : undefined;
  if (!ruined) return;
  const { column, mean, deviation, rounding } = ruined;
  const message = `column ${column} of config.data lies around ${mean.toPrecision(4)} and varies by ${deviation.toPrecision(2)}, which float32 rounds by ${rounding.toPrecision(2)}: add { "kind": "standardize" } to config.transforms, which is computed in float64`;
  throw new FedscoreError("FEDSCORE_INVALID_DATA", message, { ...ruined });
}

/** Refuses data that cannot be trained on in float32, as the transforms leave them. */
export function requireRange(
  { points, heldOut }: { readonly points: Float32Array; readonly heldOut: Float32Array },
  transform: Transform,
): void {
  const { name, outputDimension } = transform;
  const after = name === "identity" ? "" : ` after ${name}`;
  const way = 'add { "kind": "standardize" } to config.transforms';
  requireTrainable(`the training rows of config.data${after}`, points, outputDimension, way);
  requireReach(`the held-out rows of config.data${after}`, heldOut, outputDimension, way);
}

/** Refuses noise levels, of training and of the sampling grid, at which the network's coefficients leave float32. */
export function requireLevels(
  engine: Engine,
  network: NetworkSpec,
  schedule: NoiseSchedule,
  { levels, weighting }: TrainingSettings,
  grid: TimeGrid | undefined,
): void {
  const placed = trainingLevels(engine, schedule, levels);
  const draws = levelDraws(engine, placed.logSnr, levels.distribution);
  levelTable(engine, network, placed, weightings[weighting], draws);
  for (const level of grid ? levelsOf(schedule, grid) : []) preconditioningAt(network, level, level.logSnr);
}
