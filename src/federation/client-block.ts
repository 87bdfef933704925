import type { Engine, Float32Block, Pointer } from "../kernels/index.js";
import type { LocalTrainer, LocalTrainingResult } from "../network/training.js";
import { extractInMemory, type IndexedLayer, indexedLayers, type SubmodelInMemory } from "../pruning/extract.js";
import { foldUpdate, roundSum } from "../pruning/fold.js";
import type { Mask } from "../pruning/mask.js";
import { keptParameters } from "../pruning/submodel.js";
import { rowsOfClient } from "./client-rows.js";
import type { Block, BlockTask, BlockUpdate, ClientAssignment, ClientReport, TrainingSetup } from "./messages.js";

/** What the blocks of one run have in common where they run. */
export interface BlockContext {
  readonly engine: Engine;
  readonly setup: TrainingSetup;
  /** See levelTable: a function of the setup, computed once. */
  readonly levelTable: Float32Array;
  readonly train: LocalTrainer;
}

/** One block alone: see runBlocks. */
export function runBlock(context: BlockContext, { parameters, ...block }: BlockTask): BlockUpdate {
  const [update] = runBlocks(context, parameters, [block]);
  return update;
}

/**
 * Trains the clients of blocks one after the other and sums the weighted updates of each block in float64: theory of arbitrary pruning,
 * arXiv 2310.08670, algorithm 1, lines 5 to 14. Each starts at the server's parameters, float32 [P], times its mask. A client whose
 * loss or parameters become NaN or Infinity is reported and left out; with nonFinite "stop" its block ends there.
 */
export function runBlocks(context: BlockContext, parameters: Float32Array, blocks: readonly Block[]): BlockUpdate[] {
  const { arena } = context.engine;
  return arena.scope(() => {
    const server = arena.copyIn(parameters).pointer;
    const levels = arena.copyIn(context.levelTable);
    const shared = sharedSubmodels(context, server, blocks);
    const submodelOf = (mask: Mask) => shared.get(mask) ?? prepareSubmodel(context, server, mask);
    const place = { ...context, server, length: parameters.length, levels, submodelOf };
    return blocks.map((block) => arena.scope(() => runInPlace(place, block)));
  });
}

/** What blocks that run together share. */
interface Place extends BlockContext {
  readonly server: Pointer;
  /** P. */
  readonly length: number;
  readonly levels: Float32Block;
  /** Call it in the scope of a client. */
  readonly submodelOf: (mask: Mask) => PreparedSubmodel;
}

function runInPlace(place: Place, block: Block): BlockUpdate {
  const { engine, setup, length } = place;
  const { arena } = engine;
  const { id, round, block: number, commonMask } = block;
  const entries = commonMask ? keptParameters(setup.network, commonMask) : length;
  const sum = arena.allocate(8 * entries);
  arena.float64(sum, entries).fill(0);
  const reports: ClientReport[] = [];
  for (const assignment of block.clients) {
    const report = arena.scope(() => runClient(place, block, assignment, sum));
    reports.push(report);
    if (report.nonFiniteStep !== undefined && block.nonFinite === "stop") break;
  }
  return { id, round, block: number, sum: roundSum(engine, sum, entries), reports };
}

/** Adds the client's update to the block's sum where it is finite. */
function runClient(place: Place, block: Block, assignment: ClientAssignment, sum: Pointer): ClientReport {
  const { engine, setup, train, server, levels, submodelOf } = place;
  const { arena, kernels } = engine;
  const { client, mask, weight, localSteps } = assignment;
  const { spec, parameters: start, layers } = submodelOf(mask);
  const local = arena.floats(start.length);
  local.array.set(start.array);
  const result = arena.scope(() =>
    train(engine, {
      spec,
      parameters: local,
      ...localData(engine, setup, client),
      levelTable: levels,
      settings: setup.training,
      steps: localSteps,
      seed: setup.seed,
      round: block.round,
      client,
      ...(mask.kind === "unstructured" && { keep: mask.keep }),
    }),
  );
  const finite = kernels.countNonFinite(local.pointer, local.length) === 0;
  const parameters = mask.kind === "unstructured" ? keptParameters(setup.network, mask) : local.length;
  const report = { ...reportOf(client, result, finite), parameters };
  if (report.nonFiniteStep === undefined) {
    const update = { local: local.pointer, sum, weight };
    if (block.commonMask) foldUpdate(engine, { ...update, spec, mask: { kind: "full" }, server: start.pointer });
    else foldUpdate(engine, { ...update, spec: setup.network, mask, server, layers });
  }
  return report;
}

/** A mask's submodel at the server's parameters, and its indices in memory. */
interface PreparedSubmodel extends SubmodelInMemory {
  readonly layers: readonly IndexedLayer[] | undefined;
}

function prepareSubmodel({ engine, setup: { network } }: BlockContext, server: Pointer, mask: Mask): PreparedSubmodel {
  const submodel = extractInMemory(engine, network, server, mask);
  return { ...submodel, layers: mask.kind === "structured" ? indexedLayers(engine, network, mask) : undefined };
}

/** Submodels of the masks that several clients have, prepared once: clients of equal capacity often share theirs. */
function sharedSubmodels(
  context: BlockContext,
  server: Pointer,
  blocks: readonly Block[],
): Map<Mask, PreparedSubmodel> {
  const seen = new Set<Mask>();
  const shared = new Map<Mask, PreparedSubmodel>();
  for (const { mask } of blocks.flatMap(({ clients }) => clients)) {
    if (seen.has(mask) && !shared.has(mask)) shared.set(mask, prepareSubmodel(context, server, mask));
    seen.add(mask);
  }
  return shared;
}

/** A client's own rows, one after the other: what a remote client would hold, and all that needs wasm memory at a time. */
function localData(engine: Engine, { network, points, clientRows }: TrainingSetup, client: number) {
  const { dimension } = network;
  const held = rowsOfClient(clientRows, client);
  const local = engine.arena.floats(held.length * dimension);
  const target = local.array;
  for (let index = 0; index < held.length; index++) {
    copyRow(points, held[index] * dimension, dimension, target, index * dimension);
  }
  return { points: local, rows: firstNumbers(held.length) };
}

let numbers = new Uint32Array(0);

/** 0 ... count - 1: a view of one array for all clients. */
function firstNumbers(count: number): Uint32Array {
  if (numbers.length < count) numbers = Uint32Array.from({ length: count }, (_, index) => index);
  return numbers.subarray(0, count);
}

/** A call of `set` costs as much as some tens of numbers copied one by one. */
function copyRow(source: Float32Array, from: number, length: number, target: Float32Array, to: number): void {
  if (length >= 48) target.set(source.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) target[to + i] = source[from + i];
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
