import type { Variant } from "../../../kernels/index.js";
import type { WorkerPool } from "../../../workers/worker-pool.js";
import type { Json } from "../paths.js";

/** Where and how a point is computed. */
export interface JobContext {
  readonly pool: WorkerPool;
  readonly variant: Variant;
  /** Folder that paths in the config are relative to. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** A kind of point. One file each, plus one line in the index. */
export interface SweepJob {
  /**
   * Validates a point's config and fills in its defaults: what decides the point's result.
   * @throws FedscoreError FEDSCORE_INVALID_CONFIG.
   */
  parse(config: Json): Json;
  /** Computes a point of a parsed config: plain data, in which measures are looked up. */
  run(config: Json, context: JobContext): Promise<Json>;
}
