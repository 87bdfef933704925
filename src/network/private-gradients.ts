import { rowsIn } from "../data/rows.js";
import {
  type Arena,
  addNormal,
  drawIndices,
  type Engine,
  type Float32Block,
  type Pointer,
  Purpose,
} from "../kernels/index.js";
import { allocateBatch, type BatchBuffers, type BatchSource, drawCorruption } from "./batch.js";
import { ExampleClipping } from "./example-clipping.js";
import { MlpSession } from "./mlp.js";
import { type RecordPrivacy, requireRecords, rowsOfStep } from "./privacy.js";
import { secretStream } from "./secret-stream.js";
import { layoutOf, rowWidth } from "./spec.js";
import type { StepGradients } from "./step-gradients.js";
import type { InPlaceTrainingRequest, TrainingSettings } from "./training.js";

/** Rows that pass through the network at once, unless one record has more. */
const mostRows = 4096;

type PrivateSettings = TrainingSettings & { readonly privacy: RecordPrivacy };

/**
 * Records whose gradients are computed at once. More are drawn in one step of 30,000, and then take several passes: their number is normal about
 * batchSize, with a variance of at most batchSize.
 */
export function recordsAtOnce({ batchSize, privacy: { noiseDraws } }: PrivateSettings): number {
  return Math.min(batchSize + Math.ceil(4 * Math.sqrt(batchSize)), Math.max(1, Math.floor(mostRows / noiseDraws)));
}

/** What private steps take of an engine's memory beside the client's rows and which of them are drawn. */
interface PrivateMemory {
  readonly session: MlpSession;
  readonly batch: BatchBuffers;
  readonly clipping: ExampleClipping;
  /** Sum of the gradients of earlier passes of a step, float32 [P]. */
  readonly sum: Float32Block;
}

/** In the current arena scope. @param parameters see MlpSession. */
export function allocatePrivate(
  engine: Engine,
  source: BatchSource & { readonly settings: PrivateSettings },
  parameters?: Float32Block,
): PrivateMemory {
  const { batchSize, privacy } = source.settings;
  const { noiseDraws: draws, clipNorm } = privacy;
  const records = recordsAtOnce(source.settings);
  return {
    session: new MlpSession(engine, source.spec, records * draws, "training", parameters),
    batch: allocateBatch(engine.arena, source, records * draws),
    clipping: new ExampleClipping(engine, { draws, clipNorm, factor: 1 / batchSize }, records),
    sum: engine.arena.floats(layoutOf(source.spec).size),
  };
}

/**
 * Gradients that are differentially private for each record (Abadi et al. 2016, arXiv 1607.00133, algorithm 1): records are drawn independently with
 * probability batchSize / records, their gradients clipped and summed, the sum gets noise and is divided by batchSize, the expected number of
 * records. The loss of a step is the sum of its records' losses by the same number: an unbiased estimate, 0 where none is drawn, and without noise. A record whose gradient or loss is not finite adds
 * nothing to either: whether a step comes to its end tells of no record.
 * With unstructured masks a gradient is clipped by its norm over all parameters, which bounds that over the kept ones. Lives in the current arena scope.
 * @throws ArgumentError where the client has fewer records than batchSize.
 */
export function privateGradients(
  engine: Engine,
  request: InPlaceTrainingRequest & { readonly settings: PrivateSettings },
): StepGradients {
  const { arena, kernels } = engine;
  const { spec, settings, points } = request;
  const { batchSize, privacy } = settings;
  const records = rowsIn(points, rowWidth(spec));
  requireRecords("settings.batchSize", batchSize, request.client, records);
  const { seed, round, client } = privacy.reproducible ? request : secretStream();
  const source = { ...request, seed, round, client };
  const { session, batch, clipping, sum } = allocatePrivate(engine, source, request.parameters);
  const { gradient } = session;
  const drawn = arena.allocate(4 * records);
  const most = recordsAtOnce(settings);
  const deviation = (privacy.noiseMultiplier * privacy.clipNorm) / batchSize;

  /** Loss of drawn records [first, first + count) times their number, and the sum of their clipped gradients. */
  function pass(step: number, first: number, count: number): number {
    const rows = count * privacy.noiseDraws;
    repeatInto(arena, batch.rowIndex, arena.int32(drawn, records).subarray(first, first + count), privacy.noiseDraws);
    drawCorruption(engine, source, step, batch, { first: first * privacy.noiseDraws, rows });
    const { input, conditions, output, target, weight, outputGradient } = batch;
    session.forward(input, rows, output, conditions);
    const loss = kernels.dsmLoss(output, target, weight, rows, spec.dimension, outputGradient);
    session.backwardClipped(input, rows, outputGradient, clipping, conditions);
    return count * (Number.isFinite(loss) ? loss : finiteLoss(arena, batch, rows, spec.dimension));
  }

  return {
    session,
    rows: rowsOfStep(settings),
    take(step) {
      session.pack();
      const key = { seed, round, client, step };
      const sampling = { ...key, purpose: Purpose.recordSampling };
      const count = drawIndices(engine, drawn, records, batchSize / records, sampling);
      if (count === 0) gradient.array.fill(0);
      let loss = 0;
      for (let first = 0; first < count; first += most) {
        if (first > 0) sum.array.set(gradient.array);
        loss += pass(step, first, Math.min(most, count - first));
        if (first > 0)
          kernels.linearCombination(gradient.pointer, 1, sum.pointer, 1, gradient.length, gradient.pointer);
      }
      const noise = { ...key, purpose: Purpose.privacyNoise };
      addNormal(engine, gradient.pointer, gradient.length, deviation, noise);
      return loss / batchSize;
    },
  };
}

/** The mean over the rows of a batch of their losses, those that are not finite counted as 0. */
function finiteLoss(arena: Arena, batch: BatchBuffers, rows: number, dimension: number): number {
  const [output, target, weight] = [batch.output, batch.target, batch.weight].map(
    (pointer, index) => new Float32Array(arena.buffer, pointer, rows * (index < 2 ? dimension : 1)),
  );
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    let loss = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) loss += weight[row] * (output[i] - target[i]) ** 2;
    if (Number.isFinite(loss)) sum += loss;
  }
  return sum / rows;
}

/** Each number as often as `times` says, one after the other. */
function repeatInto(arena: Arena, to: Pointer, numbers: Int32Array, times: number): void {
  const repeated = arena.int32(to, numbers.length * times);
  numbers.forEach((number, index) => {
    repeated.fill(number, index * times, (index + 1) * times);
  });
}
