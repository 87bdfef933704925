import type { DataSplit } from "../data/split.js";
import { FedscoreError } from "../errors.js";
import type { Engine } from "../kernels/index.js";
import type { DataConfig } from "./config/data.js";

export function drawTarget(_engine: Engine, config: DataConfig, _seed: number): DataSplit {
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", `no target ${config.kind} yet`);
}
