import { type Engine, fillIndices, Purpose } from "../kernels/index.js";

/** Of every interval in this folder. */
export const confidence = 0.95;

/** Calls `visit` with the row numbers of each of `replicates` resamples of `rows` rows, drawn with replacement; sample 0, 1, ... are independent. */
export function resample(
  engine: Engine,
  rows: number,
  replicates: number,
  seed: number,
  sample: number,
  visit: (replicate: number, drawn: Uint32Array) => void,
): void {
  const { arena } = engine;
  arena.scope(() => {
    const pointer = arena.allocate(4 * rows);
    for (let replicate = 0; replicate < replicates; replicate++) {
      fillIndices(engine, pointer, rows, rows, { seed, purpose: Purpose.bootstrap, client: sample, step: replicate });
      visit(replicate, new Uint32Array(arena.buffer, pointer, rows));
    }
  });
}

/**
 * Bootstrap of a statistic that is linear to first order: influences[s][i] is the derivative of the statistic in the weight of row i of sample s,
 * times the number of rows (up to a constant). Returns one deviation from the estimate per replicate: the sum over samples of
 * mean over resampled rows - mean over rows.
 */
export function linearBootstrap(
  engine: Engine,
  influences: readonly Float64Array[],
  replicates: number,
  seed: number,
): Float64Array {
  const deviations = new Float64Array(replicates);
  influences.forEach((influence, sample) => {
    const rows = influence.length;
    const mean = influence.reduce((sum, value) => sum + value, 0) / rows;
    resample(engine, rows, replicates, seed, sample, (replicate, drawn) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += influence[drawn[i]];
      deviations[replicate] += sum / rows - mean;
    });
  });
  return deviations;
}

/** Ends of the central interval that holds `confidence` of the draws (linear between order statistics). */
export function percentileInterval(draws: Float64Array): readonly [number, number] {
  const sorted = draws.slice().sort();
  const quantile = (probability: number) => {
    const at = probability * (sorted.length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  };
  return [quantile((1 - confidence) / 2), quantile((1 + confidence) / 2)];
}
