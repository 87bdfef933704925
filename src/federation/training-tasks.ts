import { createSchedule } from "../diffusion/schedules/index.js";
import { weightings } from "../diffusion/weightings/index.js";
import {
  ArgumentTypeError,
  requireFunction,
  requireInteger,
  requireObject,
  requireText,
  requireTyped,
} from "../errors.js";
import { complete } from "../family.js";
import type { Engine } from "../kernels/index.js";
import { levelDraws } from "../network/level-draws.js";
import { lossMemoryOf } from "../network/level-losses.js";
import { levelTable, trainingLevels } from "../network/levels.js";
import { requireNetwork } from "../network/spec.js";
import { trainInPlace } from "../network/train-locally.js";
import { requireTraining } from "../network/training-fields.js";
import { buffersOf } from "../workers/buffers.js";
import { defineKept } from "../workers/kept.js";
import { claim, type Slot } from "../workers/shared-memory.js";
import { defineTask } from "../workers/task.js";
import type { WorkerFunction } from "../workers/worker-pool.js";
import { type BlockContext, type DrawnLevels, runBlocks } from "./client-block.js";
import { completeClientRule } from "./client-rules/index.js";
import { encodings } from "./encodings/index.js";
import type { Block, BlockUpdate, ClientState, RoundTask, TrainingSetup } from "./messages.js";
import { type PackedBlocks, type PackedUpdate, packUpdate, roundMasks, unpackBlocks } from "./packed-blocks.js";

/**
 * What all blocks of a run have in common, in the engine that trains them: see runBlocks.
 * @param rowsOf gives the rows of a client that is trained here and holds its own data, float32 [n, dimension], n >= 1. Default: those of the setup.
 * @throws ArgumentError or ArgumentTypeError naming the part of the setup that is out of range or of another kind.
 */
export function openTraining(
  engine: Engine,
  setup: TrainingSetup,
  rowsOf?: (client: number) => Float32Array,
): BlockContext {
  const { network, schedule, training } = requireSetup(setup);
  if (rowsOf !== undefined) requireFunction("rowsOf", rowsOf);
  else requireData(setup);
  const levels = trainingLevels(engine, createSchedule(schedule), training.levels);
  const drawnBy = (losses?: Float64Array): DrawnLevels => {
    const draws = levelDraws(engine, levels.logSnr, training.levels.distribution, losses);
    const table = levelTable(engine, network, levels, weightings[training.weighting], draws);
    return { levelTable: table, ...(draws && { levelDraws: draws }) };
  };
  return {
    ...{ engine, setup, train: trainInPlace },
    ...drawnBy(),
    ...(lossMemoryOf(training.levels) && { levelsBy: keepingLast(drawnBy) }),
    ...(rowsOf && { rowsOf }),
  };
}

/** The same function, which makes nothing anew where it is asked again for the same losses: the blocks of a round come in many calls. */
function keepingLast(drawnBy: (losses?: Float64Array) => DrawnLevels): typeof drawnBy {
  let last: { readonly losses: Float64Array | undefined; readonly drawn: DrawnLevels } | undefined;
  return (losses) => {
    const isSame =
      last?.losses?.length === losses?.length && (losses?.every((loss, bin) => loss === last?.losses?.[bin]) ?? true);
    if (!last || !isSame) last = { losses: losses?.slice(), drawn: drawnBy(losses) };
    return last.drawn;
  };
}

function requireSetup(setup: TrainingSetup): TrainingSetup {
  const { id, seed, network, training, clientRule, encoding } = requireObject("setup", setup);
  requireText("setup.id", id);
  requireInteger("setup.seed", seed, 0);
  requireNetwork("setup.network", network);
  requireTraining("setup.training", training);
  completeClientRule("setup.clientRule", clientRule);
  if (encoding !== undefined) complete(encodings, "setup.encoding", encoding);
  return setup;
}

function requireData({ points, clientRows }: TrainingSetup): void {
  requireTyped("setup.points", points, Float32Array);
  if (clientRows === undefined) throw new ArgumentTypeError("setup.clientRows", "must be an object", clientRows);
  const { rows, starts } = requireObject("setup.clientRows", clientRows);
  requireTyped("setup.clientRows.starts", starts, Uint32Array);
  if (rows !== undefined) requireTyped("setup.clientRows.rows", rows, Uint32Array);
}

/** It in the workers of a pool. */
export const training = defineKept({
  name: "training",
  open: (engine, setup: TrainingSetup) => openTraining(engine, setup),
});

/** Blocks of one round. */
export interface BlocksCall {
  /** Key of the federation's training. */
  readonly training: string;
  readonly blocks: readonly Block[];
  /** See RoundTask. */
  readonly levelLosses?: Float64Array;
}

/** What all blocks of a round start from. */
export type SentVectors = Pick<RoundTask, "parameters" | "control">;

/** Trains the clients of some blocks from what the server sends, which workers keep for a round; one update a block. */
export const trainBlocks = defineTask({
  name: "trainBlocks",
  open: (_engine, sent: SentVectors) => sent,
  run: (engine, sent, { training: key, ...some }: BlocksCall): BlockUpdate[] =>
    runBlocks(training.stateIn(engine, key), { ...sent, ...some }),
  transfer: (updates) =>
    buffersOf(updates.flatMap(({ sum, states = [] }) => [sum, ...states.flatMap((state) => vectorsOf(state))])),
});

function vectorsOf(state: ClientState): Float32Array[] {
  return Object.values(state);
}

/** Blocks of one round where threads share memory. */
export interface SharedBlocksCall extends PackedBlocks, SentVectors {
  /** Key of the federation's training. */
  readonly training: string;
  /** Name of what is sent: see runBlocks. */
  readonly sent: string;
  /** Where the sums of the blocks go, one after the other. */
  readonly slot: Slot;
  /** See RoundTask. */
  readonly levelLosses?: Float64Array;
}

/** The same, but what is sent and sums are in shared memory. */
export const trainBlocksShared: WorkerFunction<SharedBlocksCall, PackedUpdate[]> = {
  name: "trainBlocksShared",
  run(engine, { training: key, parameters, control, sent, masks, blocks, slot, levelLosses }) {
    const sums = claim(slot);
    let used = 0;
    const room = (length: number) => {
      used += length;
      return sums.subarray(used - length, used);
    };
    const known = typeof masks === "string" ? roundMasks.stateIn(engine, masks) : masks;
    const task = {
      ...{ parameters, blocks: unpackBlocks(blocks, known) },
      ...(control && { control }),
      ...(levelLosses && { levelLosses }),
    };
    return runBlocks(training.stateIn(engine, key), task, room, sent).map(packUpdate);
  },
};
