import { medianDistance } from "../../divergence/median-distance.js";
import { centred, columnMeans, commonScale, requireSamples, scaled, subsample } from "../../divergence/samples.js";
import { requireInteger } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { requirePool, type WorkerFunction, type WorkerPool } from "../../workers/worker-pool.js";
import type { Rows } from "../denoising-errors.js";

/** Rows that are compared with one another, at most. */
const mostRows = 1000;

/** Rows, and the seed of the subsample that is taken of many. */
export interface BandwidthRequest {
  readonly rows: Rows;
  readonly seed: number;
}

const requestKeys = keysOf<BandwidthRequest>({ rows: true, seed: true });

/** The median distance of rows, in a worker. */
export const bandwidthOfRows: WorkerFunction<BandwidthRequest, number> = {
  name: "bandwidthOfRows",
  run(engine, { rows: { points, dimension }, seed }) {
    requireSamples({ "rows.points": points }, dimension);
    const few = subsample(engine, points, dimension, mostRows, seed);
    const scale = commonScale(few, few);
    const near = scaled(few, scale);
    return scale * medianDistance(engine, centred(near, columnMeans(near, dimension)), dimension);
  },
};

/**
 * The median distance between rows (of 1,000 of them at most): a bandwidth for `mmdInterval`, which is fixed in advance where the rows are those of the
 * training and not those that are compared.
 */
export async function medianBandwidth(
  pool: WorkerPool,
  request: BandwidthRequest,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const { rows, seed } = requireOptions("request", request, requestKeys);
  const { signal } = requireOptions("options", options, ["signal"]);
  requirePool(pool);
  const { points, dimension } = requireOptions("rows", rows, ["points", "dimension"]);
  requireInteger("seed", seed, 0);
  requireSamples({ "rows.points": points }, dimension);
  return pool.call(bandwidthOfRows, { rows: { points, dimension }, seed }, { signal });
}
