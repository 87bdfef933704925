import type { Pointer } from "../kernels/arena.js";
import type { Engine } from "../kernels/instance.js";
import type { NetworkSpec } from "../network/spec.js";
import type { LocalTrainer, LocalTrainingResult } from "../network/training.js";
import { extract, type IndexedLayer, indexedLayers, type Submodel } from "../pruning/extract.js";
import { foldUpdate, roundSum } from "../pruning/fold.js";
import type { Mask } from "../pruning/mask.js";
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
    const submodels = new Map<Mask, PreparedSubmodel>();
    for (const assignment of task.clients) {
      const { client, mask, weight, localSteps } = assignment;
      const prepared = submodels.get(mask) ?? prepareSubmodel(engine, setup.network, server, mask);
      submodels.set(mask, prepared);
      const submodel = { spec: prepared.spec, parameters: prepared.parameters.slice() };
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
        const parameters = mask.kind === "unstructured" ? keptParameters(setup.network, mask) : local.length;
        const outcome = { ...reportOf(client, result, finite), parameters };
        if (outcome.nonFiniteStep === undefined) {
          const { layers } = prepared;
          foldUpdate(engine, { spec: setup.network, mask, local: local.pointer, server, sum, weight, layers });
        }
        return outcome;
      });
      reports.push(report);
      if (report.nonFiniteStep !== undefined && task.nonFinite === "stop") break;
    }
    return { id: task.id, round: task.round, block: task.block, sum: roundSum(engine, sum, length), reports };
  });
}

/** What the clients of a block that have the same mask share: the submodel at the server's parameters, and its indices in memory. */
interface PreparedSubmodel extends Submodel {
  readonly layers: readonly IndexedLayer[] | undefined;
}

function prepareSubmodel(engine: Engine, network: NetworkSpec, server: Pointer, mask: Mask): PreparedSubmodel {
  const submodel = extract(engine, network, server, mask);
  return { ...submodel, layers: mask.kind === "structured" ? indexedLayers(engine, network, mask) : undefined };
}

/** A client's own rows, one after the other: what a remote client would hold, and all that needs wasm memory at a time. */
function localData(engine: Engine, { network, points, clientRows }: TrainingSetup, client: number) {
  const { dimension } = network;
  const held = clientRows[client];
  const local = engine.arena.floats(held.length * dimension);
  const rows = new Uint32Array(held.length);
  const target = local.array;
  for (let index = 0, to = 0; index < held.length; index++) {
    rows[index] = index;
    const start = held[index] * dimension;
    for (let from = start; from < start + dimension; from++) target[to++] = points[from];
  }
  return { points: local, rows };
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
