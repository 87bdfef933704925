import { ArgumentError } from "../errors.js";
import { allocateBatch, drawBatch, withoutView } from "../network/batch.js";
import { MlpSession } from "../network/mlp.js";
import { type NetworkSpec, rowWidth } from "../network/spec.js";
import type { BlockContext } from "./client-block.js";

/** Parameters, and the rows that they were not trained on. */
export interface HeldOutRequest {
  readonly network: NetworkSpec;
  /** float32 [P] of `network`. */
  readonly parameters: Float32Array;
  /** float32 [n, rowWidth(network)], n >= 1. */
  readonly rows: Float32Array;
  /** Random numbers are keyed by it. */
  readonly client: number;
  /** Fewest batches. */
  readonly batches: number;
}

/** Rounds end before this number: random numbers of an evaluation are those of no round. */
const evaluationRound = 2 ** 24 - 1;

/** Most batches of an evaluation. */
const mostBatches = 256;

/**
 * The mean training loss on draws from rows, about as many as there are, up to 256 batches: always the same draws, so that parameters can be
 * compared.
 */
export function heldOutLoss(
  { engine, setup, levelTable, levelDraws }: BlockContext,
  { network, parameters, rows, client, batches: fewest }: HeldOutRequest,
): number {
  const count = rows.length / rowWidth(network);
  if (count === 0) throw new ArgumentError("heldOut", "must hold at least 1 row", 0);
  const { arena, kernels } = engine;
  const { batchSize } = setup.training;
  const batches = Math.min(mostBatches, Math.max(fewest, Math.ceil(count / batchSize)));
  return arena.scope(() => {
    const points = withoutView(engine, rows);
    const session = new MlpSession(engine, network, batchSize, "inference");
    session.parameters.array.set(parameters);
    session.pack();
    const { training: settings, seed } = setup;
    const source = {
      spec: network,
      settings,
      points,
      levelTable: arena.copyIn(levelTable),
      levelDraws,
      seed,
      client,
    };
    const batch = { ...source, round: evaluationRound };
    const buffers = allocateBatch(arena, batch);
    let total = 0;
    for (let step = 0; step < batches; step++) {
      drawBatch(engine, batch, step, buffers);
      session.forward(buffers.input, batchSize, buffers.output, buffers.conditions);
      const { output, target, weight, outputGradient } = buffers;
      total += kernels.dsmLoss(output, target, weight, batchSize, network.dimension, outputGradient);
    }
    return total / batches;
  });
}
