import { rowsIn } from "../data/rows.js";
import {
  ArgumentError,
  requireFloats,
  requireInteger,
  requireLength,
  requireMethods,
  requireObject,
  requireTyped,
} from "../errors.js";
import {
  type Arena,
  type Engine,
  type Float32Block,
  fillIndices,
  fillNormal,
  fillUniform,
  levelHeader,
  nullPointer,
  type Pointer,
  Purpose,
  requireBlock,
  requireEngine,
} from "../kernels/index.js";
import { replaceByLevels } from "./level-draws.js";
import { addRowLosses } from "./level-losses.js";
import { MlpSession } from "./mlp.js";
import { createOptimizer } from "./optimizers/index.js";
import { createRate } from "./rates/index.js";
import { conditionWidth, hasFilm, layoutOf, type NetworkSpec, rowWidth } from "./spec.js";
import type { InPlaceTrainingRequest, LocalTraining, LocalTrainingRequest, LocalTrainingResult } from "./training.js";
import { defaultLabelDropout, requireTraining } from "./training-fields.js";

/** Where the batches of a client come from. */
export type BatchSource = Pick<
  LocalTraining,
  "spec" | "settings" | "points" | "levelTable" | "levelDraws" | "seed" | "round" | "client"
>;

/** A batch in wasm memory, and room for what the network answers. */
export interface BatchBuffers {
  readonly points: Pointer;
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

/**
 * Local training of one client by denoising score matching (Vincent 2011; Ho et al. 2020, algorithm 1): each step draws rows, noise
 * levels and noise keyed by (seed, round, client, step), so the result does not depend on where or when it runs.
 * Overwrites `request.parameters`. Stops at the first step whose loss is not finite, says which, and leaves the parameters alone.
 */
export function trainLocally(engine: Engine, request: LocalTrainingRequest): LocalTrainingResult {
  requireRequest(request);
  return requireEngine(engine).arena.scope(() => {
    const parameters = engine.arena.copyIn(request.parameters);
    const result = trainInPlace(engine, { ...request, parameters });
    if (result.nonFiniteStep === undefined) request.parameters.set(parameters.array);
    return result;
  });
}

/** A stream of random numbers has as many. */
const mostSteps = 2 ** 32 - 1;

function requireRequest(request: LocalTrainingRequest): void {
  const { spec, settings, steps, parameters, points, levelTable, keep, rule, lossSums } = requireObject(
    "request",
    request,
  );
  const { size } = layoutOf(requireObject("spec", spec));
  requireFloats("parameters", parameters, size);
  requireTraining("settings", settings);
  requireInteger("steps", steps, 1, mostSteps);
  requireRowsOf("points", points, rowWidth(spec));
  requireRowsOf("levelTable", levelTable, levelHeader + spec.noiseFeatures);
  if (rule !== undefined) requireMethods("rule", rule, ["correct"]);
  if (lossSums !== undefined) requireLossSums(lossSums, levelCount(request));
  if (keep === undefined) return;
  requireTyped("keep", keep, Uint8Array);
  requireLength("keep", keep, size);
}

function requireLossSums(sums: Float64Array, levels: number): void {
  requireTyped("lossSums", sums, Float64Array);
  if (sums.length > 0 && sums.length % 2 === 0 && sums.length <= 2 * levels) return;
  throw new ArgumentError("lossSums", `must have an even number of 2 to ${2 * levels} entries`, sums.length);
}

function requireRowsOf(argument: string, block: Float32Block, width: number): void {
  const { length } = requireBlock(argument, block);
  if (length > 0 && length % width === 0) return;
  throw new ArgumentError(argument, `must have a positive multiple of ${width} entries`, length);
}

/** The same on parameters in the engine's memory, which are void when it stops early. */
export function trainInPlace(engine: Engine, request: InPlaceTrainingRequest): LocalTrainingResult {
  const { spec, settings, steps } = request;
  const { arena } = engine;
  requireInteger("steps", steps, 1);
  if (request.points.length === 0) {
    throw new ArgumentError("points", `must hold at least 1 row of client ${request.client}`, 0);
  }
  return arena.scope(() => {
    const session = new MlpSession(engine, spec, settings.batchSize, "training", request.parameters);
    const optimizer = createOptimizer(engine, settings.optimizer, layoutOf(spec).size);
    const rate = settings.rate && createRate(engine, settings.rate);
    const keep = request.keep && arena.copyBytes(request.keep);
    const buffers = allocateBatch(arena, request);
    const losses = new Float64Array(steps);
    const shape = {
      ...{ batchSize: settings.batchSize, dimension: spec.dimension, draws: request.levelDraws },
      levels: levelCount(request),
    };
    const { pointer } = session.parameters;
    const intact = () => engine.kernels.countNonFinite(pointer, session.parameters.length) === 0;
    const brokenAt = (step: number): LocalTrainingResult => ({
      losses: losses.subarray(0, step + 1),
      flops: flopsOf(session, settings.batchSize, step + 1),
      nonFiniteStep: step,
    });
    for (let step = 0; step < steps; step++) {
      drawBatch(engine, request, step, buffers);
      session.pack();
      session.forward(buffers.input, settings.batchSize, buffers.output, buffers.conditions);
      losses[step] = engine.kernels.dsmLoss(
        buffers.output,
        buffers.target,
        buffers.weight,
        settings.batchSize,
        spec.dimension,
        buffers.outputGradient,
      );
      // A loss is lost in the step before where that one spoiled the parameters.
      if (!Number.isFinite(losses[step])) return brokenAt(step > 0 && !intact() ? step - 1 : step);
      if (request.lossSums) addRowLosses(arena, buffers, shape, request.lossSums);
      session.backward(buffers.input, settings.batchSize, buffers.outputGradient, buffers.conditions);
      request.rule?.correct({ step, parameters: pointer, gradient: session.gradient.pointer });
      const { gradientNorm = 0 } = optimizer.step(pointer, session.gradient.pointer, {
        ...(settings.clipNorm !== undefined && { clipNorm: settings.clipNorm }),
        ...(rate !== undefined && { rate: rate({ round: request.round, step, steps }) }),
        ...(keep !== undefined && { keep }),
      });
      if (!Number.isFinite(gradientNorm)) return brokenAt(step);
    }
    if (!intact()) return brokenAt(steps - 1);
    request.rule?.end?.({ steps, parameters: pointer });
    return { losses, flops: flopsOf(session, settings.batchSize, steps) };
  });
}

function flopsOf(session: MlpSession, batchSize: number, steps: number): number {
  return (session.flopsPerSample.forward + session.flopsPerSample.backward) * batchSize * steps;
}

function levelCount({ levelTable, spec }: Pick<BatchSource, "levelTable" | "spec">): number {
  return levelTable.length / (levelHeader + spec.noiseFeatures);
}

/** Room for the batches of a client, in the current arena scope. */
export function allocateBatch(arena: Arena, { spec, settings, points, levelTable }: BatchSource): BatchBuffers {
  const { batchSize } = settings;
  const matrix = () => arena.allocate(batchSize * spec.dimension * 4);
  return {
    points: points.pointer,
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

/** Draws the batch of a local step: rows, noise levels and noise keyed by (seed, round, client, step). */
export function drawBatch(engine: Engine, request: BatchSource, step: number, buffers: BatchBuffers): void {
  const { spec, settings, seed, round, client, points, levelDraws } = request;
  const { batchSize } = settings;
  const identity = { seed, round, client, step };
  const levels = levelCount(request);
  fillIndices(engine, buffers.rowIndex, batchSize, rowsIn(points, rowWidth(spec)), {
    ...identity,
    purpose: Purpose.batchRows,
  });
  const draws = levelDraws ? levelDraws.ends[levels - 1] : levels;
  fillIndices(engine, buffers.levelIndex, batchSize, draws, { ...identity, purpose: Purpose.batchLevels });
  if (levelDraws) replaceByLevels(levelDraws, engine.arena.int32(buffers.levelIndex, batchSize));
  fillNormal(engine, buffers.noise, batchSize * spec.dimension, { ...identity, purpose: Purpose.batchNoise });
  if (spec.classes !== undefined)
    fillUniform(engine, buffers.dropout, batchSize, { ...identity, purpose: Purpose.labelDropout });
  corruptBatch(engine, spec, buffers, batchSize, settings.labelDropout ?? defaultLabelDropout);
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
