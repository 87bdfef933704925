import type { Engine, Float32Block } from "../kernels/index.js";
import { allocateBatch, type BatchBuffers, type BatchSource, drawBatch, levelCount } from "./batch.js";
import { addRowLosses } from "./level-losses.js";
import { MlpSession } from "./mlp.js";
import type { InPlaceTrainingRequest } from "./training.js";

/** The gradients of a client's local steps. */
export interface StepGradients {
  /** Holds the parameters, and the gradient of the step that was taken last. */
  readonly session: MlpSession;
  /** Rows that a step is expected to meet. */
  readonly rows: number;
  /**
   * Computes the gradient of a step at the session's parameters.
   * @returns its loss; where that is not finite there is no gradient.
   */
  take(step: number): number;
}

interface PlainMemory {
  readonly session: MlpSession;
  readonly batch: BatchBuffers;
}

/** What plain steps take of an engine's memory beside the client's rows. In the current arena scope. @param parameters see MlpSession. */
export function allocatePlain(engine: Engine, source: BatchSource, parameters?: Float32Block): PlainMemory {
  return {
    session: new MlpSession(engine, source.spec, source.settings.batchSize, "training", parameters),
    batch: allocateBatch(engine.arena, source),
  };
}

/** Gradients of the mean loss of batches. Lives in the current arena scope. */
export function plainGradients(engine: Engine, request: InPlaceTrainingRequest): StepGradients {
  const { spec, settings } = request;
  const { batchSize } = settings;
  const { session, batch } = allocatePlain(engine, request, request.parameters);
  const { input, conditions, output, target, weight, outputGradient } = batch;
  const shape = {
    ...{ batchSize, dimension: spec.dimension, draws: request.levelDraws },
    levels: levelCount(request),
  };
  return {
    session,
    rows: batchSize,
    take(step) {
      drawBatch(engine, request, step, batch);
      session.pack();
      session.forward(input, batchSize, output, conditions);
      const loss = engine.kernels.dsmLoss(output, target, weight, batchSize, spec.dimension, outputGradient);
      if (!Number.isFinite(loss)) return loss;
      if (request.lossSums) addRowLosses(engine.arena, batch, shape, request.lossSums);
      session.backward(input, batchSize, outputGradient, conditions);
      return loss;
    },
  };
}
