import { gatherInto } from "../data/rows.js";
import type { Engine, Float32Block, Pointer } from "../kernels/index.js";
import type { LocalTrainer, LocalTrainingResult } from "../network/training.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { extractInMemory, type SubmodelInMemory } from "../pruning/extract.js";
import { foldUpdate, roundSum } from "../pruning/fold.js";
import type { Mask } from "../pruning/mask.js";
import { rowsOfClient } from "./client-rows.js";
import { type ClientRule, createClientRule } from "./client-rules/index.js";
import type { Block, BlockUpdate, ClientAssignment, ClientReport, RoundTask, TrainingSetup } from "./messages.js";

/** All of a submodel. */
const whole = { kind: "full" } as const;

/** What the blocks of one run have in common where they run. */
export interface BlockContext {
  readonly engine: Engine;
  readonly setup: TrainingSetup;
  /** See levelTable: a function of the setup, computed once. */
  readonly levelTable: Float32Array;
  readonly train: LocalTrainer;
}

/**
 * Trains the clients of blocks one after the other and sums the weighted updates of each block in float64: theory of arbitrary pruning,
 * arXiv 2310.08670, algorithm 1, lines 5 to 14. Each starts at the server's parameters times its mask. A client whose
 * loss or parameters become NaN or Infinity is reported and left out; with nonFinite "stop" its block ends there.
 */
export function runBlocks(context: BlockContext, { parameters, blocks }: RoundTask): BlockUpdate[] {
  const { arena } = context.engine;
  return arena.scope(() => {
    const server = arena.copyIn(parameters).pointer;
    const levels = arena.copyIn(context.levelTable);
    const submodel = (mask: Mask) => extractInMemory(context.engine, context.setup.network, server, mask);
    const shared = sharedSubmodels(blocks, submodel);
    const submodelOf = (mask: Mask) => shared.get(mask) ?? submodel(mask);
    const rule = createClientRule("clientRule", context.setup.clientRule);
    const memory = { ...context, rule, server, length: parameters.length, levels, submodelOf };
    return blocks.map((block) => arena.scope(() => runBlock(memory, block)));
  });
}

/** What blocks that run together share. */
interface BlockMemory extends BlockContext {
  readonly rule: ClientRule;
  readonly server: Pointer;
  /** P. */
  readonly length: number;
  readonly levels: Float32Block;
  /** Call it in the scope of a client. */
  readonly submodelOf: (mask: Mask) => SubmodelInMemory;
}

function runBlock(memory: BlockMemory, block: Block): BlockUpdate {
  const { engine, setup, length } = memory;
  const { arena } = engine;
  const { id, round, block: number, commonMask } = block;
  const entries = commonMask ? compileMask(setup.network, commonMask).kept : length;
  const sum = arena.allocate(8 * entries);
  arena.float64(sum, entries).fill(0);
  const reports: ClientReport[] = [];
  for (const assignment of block.clients) {
    const report = arena.scope(() => runClient(memory, block, assignment, sum));
    reports.push(report);
    if (report.nonFiniteStep !== undefined && block.nonFinite === "stop") break;
  }
  return { id, round, block: number, sum: roundSum(engine, sum, entries), reports };
}

/** Adds the client's update to the block's sum where it is finite. */
function runClient(memory: BlockMemory, block: Block, assignment: ClientAssignment, sum: Pointer): ClientReport {
  const { engine, setup, train, rule, server, levels, submodelOf } = memory;
  const { arena, kernels } = engine;
  const { client, mask, weight, localSteps } = assignment;
  const { spec, parameters: start, layers } = submodelOf(mask);
  const local = arena.floats(start.length);
  local.array.set(start.array);
  const result = arena.scope(() =>
    train(engine, {
      spec,
      parameters: local,
      points: localData(engine, setup, client),
      levelTable: levels,
      settings: setup.training,
      steps: localSteps,
      seed: setup.seed,
      round: block.round,
      client,
      rule: rule.begin(engine, { parameters: start }),
      ...(mask.kind === "unstructured" && { keep: mask.keep }),
    }),
  );
  const finite = kernels.countNonFinite(local.pointer, local.length) === 0;
  const report = { ...reportOf(client, result, finite), parameters: compileMask(setup.network, mask).kept };
  if (report.nonFiniteStep === undefined) {
    const update = { local: local.pointer, sum, weight };
    if (block.commonMask) foldUpdate(engine, { ...update, spec, mask: whole, server: start.pointer });
    else foldUpdate(engine, { ...update, spec: setup.network, mask, server, layers });
  }
  return report;
}

/** Submodels of the masks that several clients have, prepared once: clients of equal capacity often share theirs. */
function sharedSubmodels(
  blocks: readonly Block[],
  submodel: (mask: Mask) => SubmodelInMemory,
): Map<Mask, SubmodelInMemory> {
  const seen = new Set<Mask>();
  const shared = new Map<Mask, SubmodelInMemory>();
  for (const { mask } of blocks.flatMap(({ clients }) => clients)) {
    if (seen.has(mask) && !shared.has(mask)) shared.set(mask, submodel(mask));
    seen.add(mask);
  }
  return shared;
}

/** A client's own rows, float32 [n, dimension]: what a remote client would hold, and all that needs wasm memory at a time. */
function localData(engine: Engine, { network, points, clientRows }: TrainingSetup, client: number): Float32Block {
  const held = rowsOfClient(clientRows, client);
  const own = engine.arena.floats(held.length * network.dimension);
  gatherInto(own.array, points, network.dimension, held);
  return own;
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
