import type { Engine, Variant } from "../../../kernels/index.js";
import type { WorkerPool } from "../../../workers/worker-pool.js";
import type { Json } from "../../config/paths.js";
import type { ResultSchema } from "../measure-paths.js";

/** Where and how a point is computed. */
export interface JobContext {
  readonly pool: WorkerPool;
  readonly variant: Variant;
  /** Folder that paths in the config are relative to. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** A point whose config is known to be good. */
export interface SweepJob {
  /** Its config with all defaults: what decides its result. */
  readonly config: Json;
  /**
   * Checks all that its settings alone can get wrong together, before anything is read or drawn.
   * @throws FedscoreError FEDSCORE_INVALID_CONFIG naming the key, FEDSCORE_UNSUPPORTED.
   */
  check(engine: Engine): void;
  /** Plain data, in which measures are looked up. */
  run(context: JobContext): Promise<Json>;
}

/** A kind of point. One file each, plus one line in the index. */
export interface SweepJobKind {
  /**
   * Validates a point's config.
   * @param measured the paths that the sweep's measures take from the point's result.
   * @throws FedscoreError FEDSCORE_INVALID_CONFIG.
   */
  parse(config: Json, measured: readonly string[]): SweepJob;
  /** JSON schema of a point's result: what measures may name. */
  resultSchema(): ResultSchema;
}
