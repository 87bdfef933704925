import type { WorkerPool } from "../workers/worker-pool.js";
import { sampleBlock } from "./sample-block.js";
import type { SampleRequest } from "./sample-request.js";

/** Samples that one call of a worker draws: enough to hide the message, few enough to show progress. */
const blockSize = 512;

export interface SamplingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of samples that are drawn, and of how many. */
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
    const drawn = await drawBlock(pool, request, firstSample, signal);
    samples.set(drawn, firstSample * dimension);
    done += drawn.length / dimension;
    onAdvance?.(done, count);
  };
  await Promise.all(blockStarts(request).map(draw));
  return samples;
}

/**
 * The same block by block, in their order; no more blocks are drawn ahead than the pool has places. Who stops early stops the calls that are
 * under way.
 */
export async function* blocksInPool(
  pool: WorkerPool,
  request: SampleRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly firstSample: number; readonly samples: Float32Array<ArrayBuffer> }, void> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const starts = blockStarts(request);
  const ahead: Promise<Float32Array<ArrayBuffer>>[] = [];
  try {
    for (const [index, firstSample] of starts.entries()) {
      while (ahead.length <= pool.size && index + ahead.length < starts.length) {
        const call = drawBlock(pool, request, starts[index + ahead.length], both);
        // Whoever waits for it is told; of those that nobody waits for any more nothing is lost.
        call.catch(() => undefined);
        ahead.push(call);
      }
      const samples = await ahead[0];
      ahead.shift();
      yield { firstSample, samples };
    }
  } finally {
    stop.abort();
  }
}

function blockStarts({ count }: SampleRequest): number[] {
  return Array.from({ length: Math.ceil(count / blockSize) }, (_, block) => block * blockSize);
}

function drawBlock(
  pool: WorkerPool,
  { states, ...request }: SampleRequest,
  firstSample: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>> {
  const count = Math.min(blockSize, request.count - firstSample);
  const { dimension } = request.network;
  const own = states?.slice(firstSample * dimension, (firstSample + count) * dimension);
  return pool.call(sampleBlock, { ...request, firstSample, count, ...(own && { states: own }) }, { signal });
}
