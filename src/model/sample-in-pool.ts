import type { WorkerPool } from "../workers/worker-pool.js";
import { sampleBlock } from "./sample-block.js";
import type { SampleRequest } from "./sample-request.js";

/** Samples that one call of a worker draws: enough to hide the message, few enough to show progress. */
const blockSize = 512;

export interface SamplingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: ((done: number, total: number) => void) | undefined;
}

/**
 * Draws samples 0 ... count - 1 in the workers of a pool, float32 [count, dimension] in the space of the network; the same for any number of
 * workers.
 */
export async function sampleInPool(
  pool: WorkerPool,
  request: SampleRequest,
  { signal, onAdvance }: SamplingOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { count } = request;
  const { dimension } = request.network;
  const samples = new Float32Array(count * dimension);
  let done = 0;
  const draw = async (firstSample: number) => {
    const size = Math.min(blockSize, count - firstSample);
    samples.set(
      await pool.call(sampleBlock, { ...request, firstSample, count: size }, { signal }),
      firstSample * dimension,
    );
    done += size;
    onAdvance?.(done, count);
  };
  await Promise.all(Array.from({ length: Math.ceil(count / blockSize) }, (_, block) => draw(block * blockSize)));
  return samples;
}
