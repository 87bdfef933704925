import type { Dataset } from "../../data/dataset.js";
import type { DataSplit } from "../../data/split.js";
import { createFrom } from "../../family.js";
import type { Engine } from "../../kernels/index.js";
import { type TargetSpec, targets } from "../../targets/index.js";
import { inSection } from "../config/section.js";

/** A target and how many points to draw from it. */
export type TargetConfig = TargetSpec & { readonly train: number; readonly heldOut: number };

/** Draws the training points, then the held-out ones, from one stream of the seed. */
export function drawTarget(engine: Engine, { train, heldOut, ...spec }: TargetConfig, seed: number): DataSplit {
  const target = inSection("config", () => createFrom(targets, "data", spec));
  const draw = (count: number, first: number): Dataset => ({
    ...target.sample(engine, count, seed, first),
    dimension: target.dimension,
  });
  return { train: draw(train, 0), heldOut: draw(heldOut, train) };
}
