import type { Engine } from "../kernels/instance.js";
import type { LocalTrainer, LocalTrainingResult } from "../network/training.js";
import { extract } from "../pruning/extract.js";
import { foldUpdate, roundSum } from "../pruning/fold.js";
import { keptParameters } from "../pruning/submodel.js";
import type { BlockTask, BlockUpdate, ClientReport, TrainingSetup } from "./messages.js";

/** What the blocks of one run have in common where they run. */
export interface BlockContext {
  readonly engine: Engine;
  readonly setup: TrainingSetup;
  /** See levelTableFor: a function of the setup, computed once. */
  readonly levelTable: Float32Array;
  readonly train: LocalTrainer;
}

/**
 * Trains the clients of a block one after the other and sums their weighted updates in float64: theory of arbitrary pruning,
 * arXiv 2310.08670, algorithm 1, lines 5 to 14. Each starts at the server's parameters times its mask. A client whose loss or
 * parameters become NaN or Infinity is reported and left out; with task.nonFinite "stop" the block ends there.
 */
export function runBlock({ engine, setup, levelTable, train }: BlockContext, task: BlockTask): BlockUpdate {
  const { arena, kernels } = engine;
  const { length } = task.parameters;
  return arena.scope(() => {
    const server = arena.copyIn(task.parameters).pointer;
    const levels = arena.copyIn(levelTable);
    const sum = arena.allocate(8 * length);
    arena.float64(sum, length).fill(0);
    const reports: ClientReport[] = [];
    for (const assignment of task.clients) {
      const { client, mask, weight, localSteps } = assignment;
      const submodel = extract(engine, setup.network, server, mask);
      const result = arena.scope(() =>
        train(engine, {
          ...submodel,
          ...localData(engine, setup, client),
          levelTable: levels,
          settings: setup.training,
          steps: localSteps,
          seed: setup.seed,
          round: task.round,
          client,
          ...(mask.kind === "unstructured" && { keep: mask.keep }),
        }),
      );
      const report = arena.scope(() => {
        const local = arena.copyIn(submodel.parameters);
        const finite = kernels.countNonFinite(local.pointer, local.length) === 0;
        const outcome = { ...reportOf(client, result, finite), parameters: keptParameters(setup.network, mask) };
        if (outcome.nonFiniteStep === undefined) {
          foldUpdate(engine, { spec: setup.network, mask, local: local.pointer, server, sum, weight });
        }
        return outcome;
      });
      reports.push(report);
      if (report.nonFiniteStep !== undefined && task.nonFinite === "stop") break;
    }
    return { id: task.id, round: task.round, block: task.block, sum: roundSum(engine, sum, length), reports };
  });
}

/** A client's own rows, one after the other: what a remote client would hold, and all that needs wasm memory at a time. */
function localData(engine: Engine, { network, points, clientRows }: TrainingSetup, client: number) {
  const { dimension } = network;
  const held = clientRows[client];
  const local = engine.arena.floats(held.length * dimension);
  const target = local.array;
  held.forEach((row, index) => {
    target.set(points.subarray(row * dimension, (row + 1) * dimension), index * dimension);
  });
  return { points: local, rows: Uint32Array.from(held, (_, index) => index) };
}

/** @param finite false where the parameters were made NaN or infinite by the last step, which shows in no loss. */
function reportOf(
  client: number,
  { losses, flops, ...result }: LocalTrainingResult,
  finite: boolean,
): Omit<ClientReport, "parameters"> {
  const nonFiniteStep = result.nonFiniteStep ?? (finite ? undefined : losses.length - 1);
  const steps = nonFiniteStep ?? losses.length;
  let total = 0;
  for (let step = 0; step < steps; step++) total += losses[step];
  const report = { client, loss: total / steps, steps, flops };
  return nonFiniteStep === undefined ? report : { ...report, nonFiniteStep };
}
