import { gatherInto, rowsIn } from "../data/rows.js";
import {
  type Arena,
  atFloat32,
  type Engine,
  Float32Block,
  fillIndices,
  fillNormal,
  fillUniform,
  levelHeader,
  nullPointer,
  type Pointer,
  Purpose,
} from "../kernels/index.js";
import { replaceByLevels } from "./level-draws.js";
import { conditionWidth, hasFilm, layoutOf, type NetworkSpec, rowWidth } from "./spec.js";
import type { LocalTraining } from "./training.js";
import { defaultLabelDropout } from "./training-fields.js";

/** Where the batches of a client come from. */
export type BatchSource = Pick<
  LocalTraining,
  "spec" | "settings" | "points" | "levelTable" | "levelDraws" | "seed" | "round" | "client"
>;

/** A batch in wasm memory, and room for what the network answers. */
export interface BatchBuffers {
  /** Rows of the client; where they are outside of the engine's memory, room for as many as a batch has. */
  readonly points: Pointer;
  /** float32 [n, rowWidth(spec)]: rows of the client that are outside and do not fit into the room of `points`, which then has those that were drawn. */
  readonly outside: Float32Array | undefined;
  readonly levels: Pointer;
  readonly rowIndex: Pointer;
  readonly levelIndex: Pointer;
  readonly noise: Pointer;
  readonly input: Pointer;
  /** Of a modulated network, else nullPointer: see conditionWidth. */
  readonly conditions: Pointer;
  /** What decides whose class is dropped, of a network with classes, else nullPointer. */
  readonly dropout: Pointer;
  readonly target: Pointer;
  readonly weight: Pointer;
  readonly output: Pointer;
  readonly outputGradient: Pointer;
}

/** Levels of the table that a batch draws from. */
export function levelCount({ levelTable, spec }: Pick<BatchSource, "levelTable" | "spec">): number {
  return levelTable.length / (levelHeader + spec.noiseFeatures);
}

/**
 * Rows that lie in the engine's memory as a block of it: a view of them is void as soon as the memory has grown. Others as they are. To be called before
 * anything is allocated.
 */
export function withoutView({ arena }: Engine, points: Float32Array | Float32Block): Float32Array | Float32Block {
  if (!(points instanceof Float32Array) || points.buffer !== arena.buffer) return points;
  return new Float32Block(arena, atFloat32(nullPointer, points.byteOffset / 4), points.length);
}

/** Room for batches of a client, of at most so many rows, in the current arena scope. */
export function allocateBatch(
  arena: Arena,
  { spec, settings, points, levelTable }: BatchSource,
  batchSize = settings.batchSize,
): BatchBuffers {
  const matrix = () => arena.allocate(batchSize * spec.dimension * 4);
  return {
    ...pointsOf(arena, points, batchSize * rowWidth(spec)),
    levels: levelTable.pointer,
    rowIndex: arena.allocate(batchSize * 4),
    levelIndex: arena.allocate(batchSize * 4),
    noise: matrix(),
    input: arena.allocate(batchSize * layoutOf(spec).widths[0] * 4),
    conditions: hasFilm(spec) ? arena.allocate(batchSize * conditionWidth(spec) * 4) : nullPointer,
    dropout: spec.classes === undefined ? nullPointer : arena.allocate(batchSize * 4),
    target: matrix(),
    weight: arena.allocate(batchSize * 4),
    output: matrix(),
    outputGradient: matrix(),
  };
}

function pointsOf(
  arena: Arena,
  points: Float32Array | Float32Block,
  most: number,
): Pick<BatchBuffers, "points" | "outside"> {
  if (!(points instanceof Float32Array)) return { points: points.pointer, outside: undefined };
  const room = arena.floats(most);
  const fits = points.length <= most;
  if (fits && points.length > 0) room.array.set(points);
  return { points: room.pointer, outside: fits ? undefined : points };
}

/** Draws the batch of a local step: rows, noise levels and noise keyed by (seed, round, client, step). */
export function drawBatch(engine: Engine, source: BatchSource, step: number, buffers: BatchBuffers): void {
  const { spec, settings, seed, round, client, points } = source;
  const { batchSize } = settings;
  const key = { seed, round, client, step, purpose: Purpose.batchRows };
  fillIndices(engine, buffers.rowIndex, batchSize, rowsIn(points, rowWidth(spec)), key);
  drawCorruption(engine, source, step, buffers, { first: 0, rows: batchSize });
}

/** Copies the drawn rows of those outside, and replaces their numbers by those of the copies. */
function copyDrawn({ arena }: Engine, width: number, { points, rowIndex, outside }: BatchBuffers, rows: number): void {
  if (!outside) return;
  const numbers = new Uint32Array(arena.buffer, rowIndex, rows);
  gatherInto(new Float32Array(arena.buffer, points, rows * width), outside, width, numbers);
  for (let row = 0; row < rows; row++) numbers[row] = row;
}

/**
 * Draws noise levels, noise and hidden classes for rows [first, first + rows) of a step's batch, whose places in the data `rowIndex` has; afterwards it has
 * those in `points`.
 */
export function drawCorruption(
  engine: Engine,
  source: BatchSource,
  step: number,
  buffers: BatchBuffers,
  { first, rows }: { readonly first: number; readonly rows: number },
): void {
  const { spec, settings, seed, round, client, levelDraws } = source;
  const { dimension, classes } = spec;
  copyDrawn(engine, rowWidth(spec), buffers, rows);
  const levels = levelCount(source);
  const draws = levelDraws ? levelDraws.ends[levels - 1] : levels;
  fillIndices(
    engine,
    buffers.levelIndex,
    rows,
    draws,
    { seed, round, client, step, purpose: Purpose.batchLevels },
    first,
  );
  if (levelDraws) replaceByLevels(levelDraws, engine.arena.int32(buffers.levelIndex, rows));
  const noise = { seed, round, client, step, purpose: Purpose.batchNoise };
  fillNormal(engine, buffers.noise, rows * dimension, noise, first * dimension);
  if (classes !== undefined)
    fillUniform(engine, buffers.dropout, rows, { seed, round, client, step, purpose: Purpose.labelDropout }, first);
  corruptBatch(engine, spec, buffers, rows, settings.labelDropout ?? defaultLabelDropout);
}

/** Inputs, conditions and targets from the rows, levels and noise that were drawn. */
export function corruptBatch(
  { kernels }: Engine,
  spec: NetworkSpec,
  buffers: BatchBuffers,
  batchSize: number,
  labelDropout: number,
): void {
  const [width, conditions] = [rowWidth(spec), conditionWidth(spec)];
  kernels.dsmBatch(
    buffers.points,
    width,
    buffers.rowIndex,
    spec.dimension,
    buffers.levels,
    buffers.levelIndex,
    spec.noiseFeatures,
    buffers.noise,
    batchSize,
    buffers.input,
    buffers.conditions,
    conditions,
    buffers.target,
    buffers.weight,
  );
  if (spec.classes === undefined) return;
  kernels.classConditions(
    buffers.points,
    width,
    spec.dimension,
    buffers.rowIndex,
    buffers.dropout,
    labelDropout,
    spec.classes,
    batchSize,
    buffers.conditions,
    conditions,
  );
}
