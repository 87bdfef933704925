import { requireSamples } from "../../divergence/samples.js";
import { requireFunction, requireInteger } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { requirePool, type WorkerPool } from "../../workers/worker-pool.js";

/** Rows of two laws that are compared. */
export interface TwoSamples {
  /** Held-out rows, float32 [n, dimension], at least 16. */
  readonly data: Float32Array;
  /** Rows of the sampler, float32 [m, dimension], at least 16. */
  readonly samples: Float32Array;
  readonly dimension: number;
  /** Decides which rows choose a function and which evaluate it. */
  readonly seed: number;
}

/** How sure a comparison is to be, and who watches. */
export interface TwoSamplesOptions {
  /** With which all that is said holds at once, in (0, 1 - 1e-9]; of a bound from one side, (0, 1 - 1e-12]. Default 0.95. */
  readonly confidence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with how much is done, and of how much. */
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

const requestKeys = keysOf<TwoSamples>({ data: true, samples: true, dimension: true, seed: true });
const optionKeys = keysOf<TwoSamplesOptions>({ confidence: true, signal: true, onAdvance: true });

/** Throws unless the rows can be compared in the pool; `others` are further keys of the request. The confidence is checked where it is known what it is split among. */
export function requireTwoSamples(
  pool: WorkerPool,
  request: TwoSamples,
  options: TwoSamplesOptions,
  others: readonly string[] = [],
): void {
  const { data, samples, dimension, seed } = requireOptions("request", request, [...requestKeys, ...others]);
  const { onAdvance } = requireOptions("options", options, optionKeys);
  requirePool(pool);
  requireSamples({ data, samples }, dimension);
  requireInteger("seed", seed, 0);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
}
