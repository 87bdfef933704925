import { inverseMaps } from "../data/transforms/index.js";
import { mostParticles, requireGiven } from "../diffusion/sample-given.js";
import {
  ArgumentError,
  FedscoreError,
  requireFunction,
  requireInteger,
  requireMethods,
  requireObject,
  requireSignal,
} from "../errors.js";
import type { Engine } from "../kernels/index.js";
import { keysOf, requireOptions } from "../options.js";
import { InThreadPool } from "../workers/in-thread.js";
import { requirePool, type WorkerPool } from "../workers/worker-pool.js";
import type { Model } from "./model.js";
import { sampleGivenBlock } from "./sample-given-block.js";
import type { SamplingOptions } from "./sample-in-pool.js";
import { requestOf, type SampleChoice } from "./sample-request.js";

/** How the coordinates that are not given are to be drawn. */
export interface GivenChoice extends Pick<SampleChoice, "seed" | "grid" | "class" | "guidance"> {
  /** Rows that are drawn for each given one, independently. Default 1. */
  readonly draws?: number | undefined;
  /** Particles of each draw, in [1, 1000]; see `sampleGiven`. Its cost and its accuracy grow with them. Default 16. */
  readonly particles?: number | undefined;
}

/** Rows with what is given of them, and how the rest is drawn; `signal` stops between blocks of rows, `onAdvance` is called after each. */
export interface SampleModelGivenOptions extends GivenChoice, SamplingOptions {
  /** float32 [rows, transform.inputDimension] in the space of the data; only the given coordinates are looked at. */
  readonly points: Float32Array;
  /** [rows, transform.inputDimension], 1 where a coordinate is given, 0 where it is to be drawn. */
  readonly given: Uint8Array;
}

const givenKeys = keysOf<SampleModelGivenOptions>({
  points: true,
  given: true,
  draws: true,
  particles: true,
  seed: true,
  grid: true,
  class: true,
  guidance: true,
  signal: true,
  onAdvance: true,
});

/** Particles that one call of a worker leads. */
const blockSize = 1024;

/**
 * Rows whose missing coordinates are drawn from the law of a model given the others, float32 [draws, rows, transform.inputDimension] in the space of the data; what is given comes back as it is.
 * Any model can: the method is `sampleGiven`, with the times of the run. Row i of the first draw depends on i and on no other row.
 * @throws ArgumentError naming the option that is out of range; FedscoreError FEDSCORE_UNSUPPORTED for a model whose transform mixes coordinates,
 * FEDSCORE_NON_FINITE, FEDSCORE_ABORTED.
 */
export async function sampleModelGiven(
  engine: Engine,
  model: Model,
  options: SampleModelGivenOptions,
): Promise<Float32Array<ArrayBuffer>> {
  return sampleModelGivenInPool(new InThreadPool(engine), model, options);
}

/** The same in the workers of a pool; the same bytes for any number of workers. */
export async function sampleModelGivenInPool(
  pool: WorkerPool,
  model: Model,
  options: SampleModelGivenOptions,
): Promise<Float32Array<ArrayBuffer>> {
  requirePool(pool);
  const {
    points,
    given,
    draws = 1,
    particles = 16,
    signal,
    onAdvance,
    ...choice
  } = requireOptions("options", options, givenKeys);
  const request = requestOf(requireObject("model", model), { ...choice, count: 1 });
  const transform = requireMethods("model.transform", model.transform, ["forward", "inverse", "toJSON"]);
  if (model.network.classes !== undefined && choice.class === undefined)
    throw new ArgumentError("class", "must be given: rows are drawn as those of one class", undefined);
  requireByCoordinates(transform);
  if (signal !== undefined) requireSignal("signal", signal);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
  requireInteger("particles", particles, 1, mostParticles);
  requireInteger("draws", draws, 1);
  const { inputDimension: d } = transform;
  const rows = requireGiven(points, given, d);
  const states = transform.forward(placeholders(transform, points, given));
  const drawn = new Float32Array(draws * rows * d);
  const size = Math.max(1, Math.floor(blockSize / particles));
  let done = 0;
  const draw = async ({ firstRow, from, to }: { firstRow: number; from: number; to: number }) => {
    const [own, flags] = [states.slice(from * d, to * d), given.slice(from * d, to * d)];
    const block = { ...request, count: (to - from) * particles, points: own, given: flags, particles, firstRow };
    const network = await pool.call(sampleGivenBlock, block, { signal });
    const completed = transform.inverse(network);
    for (const [at, flag] of flags.entries()) if (flag === 1) completed[at] = points[from * d + at];
    drawn.set(completed, firstRow * d);
    done += to - from;
    onAdvance?.(done, draws * rows);
  };
  const blocks = Array.from({ length: draws }, (_, each) =>
    Array.from({ length: Math.ceil(rows / size) }, (_, block) => {
      const from = block * size;
      return { firstRow: each * rows + from, from, to: Math.min(rows, from + size) };
    }),
  );
  await Promise.all(blocks.flat().map(draw));
  return drawn;
}

/** Any numbers where none is given: those of the transform's center. */
function placeholders(transform: Model["transform"], points: Float32Array, given: Uint8Array): Float32Array {
  const center = transform.inverse(new Float32Array(transform.outputDimension));
  return points.map((value, at) => (given[at] === 1 ? value : center[at % center.length]));
}

/**
 * A given coordinate of the data is one of the network's space only where each has its own map. Where axes are mixed it is a linear constraint on all, and noise that the network was trained with is, in
 * the space of the data, correlated or, of a projection, nothing in some directions.
 */
function requireByCoordinates(transform: Model["transform"]): void {
  if (inverseMaps(transform.toJSON(), "model").every(({ isMatrix }) => !isMatrix)) return;
  const message = `the model's transform ${transform.name} mixes coordinates: what is given of a row is none of the coordinates that the network knows`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { transform: transform.name });
}
