import type { Dataset } from "../../data/dataset.js";
import type { DataSplit } from "../../data/split.js";
import { createFrom } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import { type TargetSpec, targets } from "../../targets/index.js";
import type { Target } from "../../targets/target.js";
import type { DataConfig } from "../config/data.js";
import { inSection } from "../config/section.js";

/** A target and how many points to draw from it. */
export type TargetConfig = TargetSpec & { readonly train: number; readonly heldOut: number };

/** Numbers that are drawn at once, in the engine's memory: 64 MB. */
const blockNumbers = 2 ** 24;

/** Whether the points of a config are drawn from a law, not read. */
export function isTarget(data: DataConfig): data is Extract<DataConfig, TargetConfig> {
  return Object.hasOwn(targets, data.kind);
}

/** The law of a config's points. @throws FedscoreError FEDSCORE_INVALID_CONFIG */
export function targetOf({ train: _train, heldOut: _heldOut, ...spec }: TargetConfig): Target {
  return inSection("config", () => createFrom(targets, "data", spec));
}

/** Draws the training points, then the held-out ones, from one stream of the seed. */
export function drawTarget(engine: Engine, config: TargetConfig, seed: number): DataSplit {
  const target = targetOf(config);
  const { train, heldOut } = config;
  return {
    train: drawRows(engine, target, train, seed, 0),
    heldOut: drawRows(engine, target, heldOut, seed, train),
  };
}

/** A row is the same whichever block it is drawn in. */
function drawRows(engine: Engine, target: Target, count: number, seed: number, first: number): Dataset {
  const { dimension } = target;
  const rows = Math.max(1, Math.floor(blockNumbers / dimension));
  if (count <= rows) return { ...target.sample(engine, count, seed, first), dimension };
  const points = new Float32Array(count * dimension);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row += rows) {
    const block = target.sample(engine, Math.min(rows, count - row), seed, first + row);
    points.set(block.points, row * dimension);
    labels.set(block.labels, row);
  }
  return { points, labels, dimension };
}
