import { FedscoreError } from "../errors.js";
import type { Engine, Float32Block, Pointer } from "../kernels/index.js";
import type { LevelDraws } from "../network/level-draws.js";
import { addLosses, type LossMemory, lossMemoryOf, noLosses } from "../network/level-losses.js";
import { layoutOf } from "../network/spec.js";
import type { LocalTrainer, LocalTrainingResult } from "../network/training.js";
import { compileMask } from "../pruning/compiled-mask.js";
import { extractInMemory, type SubmodelInMemory } from "../pruning/extract.js";
import { gatherKept, scatterKept } from "../pruning/kept-entries.js";
import type { Mask } from "../pruning/mask.js";
import { type BlockSum, blockSum, type TrainedClient } from "./block-sum.js";
import { sumLength } from "./blocks.js";
import { clientPoints } from "./client-rows.js";
import { type ClientControls, type ClientRule, createClientRule } from "./client-rules/index.js";
import { heldVector } from "./held-vectors.js";
import type {
  Block,
  BlockUpdate,
  ClientAssignment,
  ClientReport,
  ClientState,
  RoundTask,
  TrainingSetup,
} from "./messages.js";
import { openUplink, type SentUpdate, type Uplink } from "./uplink.js";

/** Noise levels and how often each is drawn. */
export interface DrawnLevels {
  /** See levelTable: a function of the setup, and of losses where levels are drawn by them; computed once. */
  readonly levelTable: Float32Array;
  /** How often each level is drawn, as the weights of the table have it. Absent: all as often. */
  readonly levelDraws?: LevelDraws;
}

/** What the blocks of one run have in common where they run. */
export interface BlockContext extends DrawnLevels {
  readonly engine: Engine;
  readonly setup: TrainingSetup;
  /** Those of a round, where they are drawn by the losses that it is given: see RoundTask. Absent: they are the same in all rounds. */
  readonly levelsBy?: (losses: Float64Array | undefined) => DrawnLevels;
  readonly train: LocalTrainer;
  /** The rows of a client that holds its own data, float32 [n, dimension]. Absent: they are those of the setup. */
  readonly rowsOf?: (client: number) => Float32Array;
}

/**
 * Trains the clients of blocks one after the other and sums the weighted updates of each block in float64: theory of arbitrary pruning,
 * arXiv 2310.08670, algorithm 1, lines 5 to 14. Each starts at the server's parameters times its mask. A client whose
 * loss or parameters become NaN or Infinity is reported and left out; with nonFinite "stop" its block ends there.
 * @param room gives the memory for each block's sum, in the order of the blocks. Default: fresh.
 * @param sent names the task's parameters, as no others are named in this engine: they and the levels then stay in its memory, for calls of the same name,
 * which must not be within a scope. Default: copies for this call.
 */
export function runBlocks(
  context: BlockContext,
  task: RoundTask,
  room: (length: number) => Float32Array = (length) => new Float32Array(length),
  sent?: string,
): BlockUpdate[] {
  const { arena } = context.engine;
  const drawn = drawnLevels(context, task);
  const held = sent === undefined ? undefined : holdSent(context.engine, task, drawn, sent);
  return arena.scope(() => {
    const memory = memoryOf(context, task, room, { ...drawn, ...(held ?? copySent(context.engine, task, drawn)) });
    return task.blocks.map((block) => arena.scope(() => runBlock(memory, block)));
  });
}

/** One client that has trained, and where it ended: empty where its update is not finite. */
export interface LoneResult {
  /** float32, in the shape of its submodel; empty where its update is encoded. */
  readonly local: Float32Array<ArrayBuffer>;
  /** Its update, where the setup has an encoding or the block a clipNorm. */
  readonly encoded?: Uint8Array<ArrayBuffer>;
  readonly report: ClientReport;
  /** Whether its update needed no clipping. */
  readonly isWithin?: boolean;
  /** See ClientState. */
  readonly control?: Float32Array;
}

/** Trains the only client of the only block, as `runBlocks` does, and gives where it ended: whoever folds it gets the block's bytes. */
export function runAlone(context: BlockContext, task: RoundTask): LoneResult {
  return context.engine.arena.scope(() => {
    const [block] = task.blocks;
    const [assignment] = block.clients;
    let ended = new Float32Array(0);
    const keep = ({ local }: TrainedClient) => {
      ended = local.array.slice();
    };
    const drawn = drawnLevels(context, task);
    const given = { ...drawn, ...copySent(context.engine, task, drawn) };
    const memory = memoryOf(context, task, (length) => new Float32Array(length), given);
    const { report, encoded, isWithin, state } = runClient(memory, block, assignment, { add: keep, end: () => {} });
    return {
      ...(encoded ? { local: new Float32Array(0), encoded } : { local: ended }),
      report,
      ...(isWithin !== undefined && { isWithin }),
      ...(state?.control && { control: state.control }),
    };
  });
}

function drawnLevels(context: BlockContext, { levelLosses }: RoundTask): DrawnLevels {
  const { levelTable, levelDraws } = context.levelsBy?.(levelLosses) ?? context;
  return { levelTable, ...(levelDraws && { levelDraws }) };
}

/** What all clients of a call read, in the memory of the engine. */
interface SentMemory {
  readonly server: Pointer;
  readonly levels: Float32Block;
}

/** In the current arena scope. */
function copySent({ arena }: Engine, { parameters }: RoundTask, { levelTable }: DrawnLevels): SentMemory {
  return { server: arena.copyIn(parameters).pointer, levels: arena.copyIn(levelTable) };
}

/** For calls to come. */
function holdSent(engine: Engine, { parameters }: RoundTask, { levelTable }: DrawnLevels, name: string): SentMemory {
  return {
    server: heldVector(engine, "parameters", parameters, name).pointer,
    levels: heldVector(engine, "levelTable", levelTable, levelTable),
  };
}

/** Allocates in the current arena scope. */
function memoryOf(
  context: BlockContext,
  { parameters, control, blocks }: RoundTask,
  room: BlockMemory["room"],
  given: DrawnLevels & SentMemory,
): BlockMemory {
  const { server } = given;
  const submodel = (mask: Mask) => extractInMemory(context.engine, context.setup.network, server, mask);
  const shared = sharedSubmodels(blocks, submodel);
  const submodelOf = (mask: Mask) => shared.get(mask) ?? submodel(mask);
  const rule = createClientRule("clientRule", context.setup.clientRule);
  if (rule.controls && !control) throw withoutControls();
  const uplink = openUplink(context.engine, context.setup, {
    length: parameters.length,
    clips: blocks.some(({ clipNorm }) => clipNorm !== undefined),
  });
  const losses = lossMemoryOf(context.setup.training.levels);
  return { ...context, ...given, rule, control, submodelOf, room, uplink, losses };
}

function withoutControls(): FedscoreError {
  const message = "the client rule has control variates, and the round came without their mean: its transport loses it";
  return new FedscoreError("FEDSCORE_WORKER", message);
}

/** What blocks that run together share. */
interface BlockMemory extends BlockContext, SentMemory {
  readonly rule: ClientRule;
  /** See RoundTask. */
  readonly control: Float32Array | undefined;
  /** undefined: updates are summed as they are. */
  readonly uplink: Uplink | undefined;
  /** undefined: levels are not drawn by losses. */
  readonly losses: LossMemory | undefined;
  readonly room: (length: number) => Float32Array;
  /** Call it in the scope of a client. */
  readonly submodelOf: (mask: Mask) => SubmodelInMemory;
}

function runBlock(memory: BlockMemory, block: Block): BlockUpdate {
  const { setup, engine, room, uplink, losses } = memory;
  const { id, round, block: number } = block;
  const sum = room(sumLength(setup.network, block));
  const server = uplink?.start.pointer ?? memory.server;
  const updates = blockSum({ engine, server, network: setup.network }, block, sum);
  const reports: ClientReport[] = [];
  const states: ClientState[] = [];
  const lossSums = losses && noLosses(losses);
  let within = 0;
  for (const assignment of block.clients) {
    const ran = engine.arena.scope(() => runClient(memory, block, assignment, updates));
    const { report, state } = ran;
    reports.push(report);
    if (state) states.push(state);
    if (ran.isWithin) within++;
    if (lossSums && ran.lossSums) addLosses(lossSums, ran.lossSums);
    if (report.nonFiniteStep !== undefined && block.nonFinite === "stop") break;
  }
  updates.end();
  return {
    ...{ id, round, block: number, sum, reports },
    ...((uplink?.feedback || memory.rule.controls) && { states }),
    ...(lossSums && { lossSums }),
    ...(block.clipNorm !== undefined && { within }),
  };
}

/** What comes of a client. */
interface RanClient {
  readonly report: ClientReport;
  /** What travels of its update, where the setup has an encoding. */
  readonly encoded?: Uint8Array<ArrayBuffer>;
  /** See BlockUpdate.states. */
  readonly state?: ClientState;
  /** See BlockUpdate.lossSums. Absent where its update is not finite. */
  readonly lossSums?: Float64Array | undefined;
  /** Whether its update needed no clipping. */
  readonly isWithin?: boolean;
}

/** Adds the client's update to the block's sum where it is finite. */
function runClient(memory: BlockMemory, block: Block, assignment: ClientAssignment, updates: BlockSum): RanClient {
  const { engine, setup, train, rule, levels, levelDraws, submodelOf, losses } = memory;
  const { arena, kernels } = engine;
  const { client, mask, localSteps } = assignment;
  const start = submodelOf(mask);
  const local = arena.floats(start.parameters.length);
  local.array.set(start.parameters.array);
  const lossSums = losses && noLosses(losses);
  const controls = controlsOf(memory, assignment);
  const result = arena.scope(() =>
    train(engine, {
      spec: start.spec,
      parameters: local,
      points: clientPoints(memory, client),
      levelTable: levels,
      levelDraws,
      settings: setup.training,
      steps: localSteps,
      seed: setup.seed,
      round: block.round,
      client,
      rule: rule.begin(engine, {
        ...{ seed: setup.seed, round: block.round, client, parameters: start.parameters },
        ...(controls && { controls }),
      }),
      ...(mask.kind === "unstructured" && { keep: mask.keep }),
      ...(lossSums && { lossSums }),
    }),
  );
  const finite = kernels.countNonFinite(local.pointer, local.length) === 0;
  const found = reportOf(client, result, finite);
  const told = setup.training.privacy ? { ...found, loss: 0 } : found;
  const report = { ...told, parameters: compileMask(setup.network, mask).kept };
  if (report.nonFiniteStep !== undefined) return { report };
  const sent = sentBy(memory, block, { assignment, start, local });
  if (sent === undefined) return { report: { ...report, nonFiniteStep: report.steps - 1 } };
  updates.add(sent.client);
  const { residual, encoded, bytes, isWithin } = sent;
  const control = controls && keptControl(memory, assignment, controls);
  return {
    report: bytes === undefined ? report : { ...report, encodedBytes: bytes },
    ...(encoded && { encoded }),
    ...((residual || control) && { state: { ...(residual && { residual }), ...(control && { control }) } }),
    ...(lossSums && { lossSums }),
    ...(isWithin !== undefined && { isWithin }),
  };
}

/** What a client's rule starts with, in the current arena scope. */
function controlsOf({ engine, setup, control: mean }: BlockMemory, { mask, state }: ClientAssignment) {
  if (!mean) return undefined;
  const compiled = compileMask(setup.network, mask);
  const block = (vector: Float32Array) =>
    engine.arena.copyIn(mask.kind === "structured" ? gatherKept(compiled, vector) : vector);
  const controls: ClientControls = { own: block(state?.control ?? mean), mean: block(mean) };
  return controls;
}

/** float32 [P]: the control variate as the rule has left it, 0 where the mask keeps nothing. */
function keptControl({ setup }: BlockMemory, { mask }: ClientAssignment, { own }: ClientControls): Float32Array {
  const compiled = compileMask(setup.network, mask);
  const control = new Float32Array(layoutOf(setup.network).size);
  scatterKept(compiled, mask.kind === "unstructured" ? gatherKept(compiled, own.array) : own.array, control);
  return control;
}

/** undefined: the encoding does not carry the update, which therefore counts as not finite. */
function sentBy(
  { uplink }: BlockMemory,
  { round, clipNorm }: Block,
  client: TrainedClient,
): (Partial<SentUpdate> & Pick<SentUpdate, "client">) | undefined {
  return uplink ? uplink.send(round, client, clipNorm) : { client };
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
