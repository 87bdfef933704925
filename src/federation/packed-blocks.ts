import { describeValue, FedscoreError } from "../errors.js";
import type { Mask } from "../pruning/mask.js";
import { defineKept, type KeptInPool, keep } from "../workers/kept.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import type { Block, BlockUpdate, ClientAssignment, ClientReport, ClientState, CommonMask } from "./messages.js";

/** A block as it travels between threads: numbers of many clients in one array, which is copied faster and held smaller than objects. */
export interface PackedBlock extends Omit<Block, "clients" | "commonMask"> {
  /** float64 [clients, 4]: client, number of its mask in a list, localSteps, weight. */
  readonly clients: Float64Array;
  /** Those of the clients that have one. */
  readonly states?: ReadonlyMap<number, ClientState>;
  /** All clients have the mask of the first. */
  readonly hasCommonMask: boolean;
}

/** Blocks and the list that their masks are in, or the key of a list that workers keep. */
export interface PackedBlocks {
  readonly masks: readonly Mask[] | string;
  readonly blocks: readonly PackedBlock[];
}

/** The answer to a block whose sum is elsewhere. */
export interface PackedUpdate extends Omit<BlockUpdate, "sum" | "reports"> {
  /** float64 [clients, 7]: client, loss, steps, flops, parameters, nonFiniteStep or -1, encodedBytes or -1. */
  readonly reports: Float64Array;
}

/** Masks of rounds, in the workers of a pool: there too each is compiled once. */
export const roundMasks = defineKept({ name: "roundMasks", open: (_engine, masks: readonly Mask[]) => masks });

/** More masks than this are sent with their blocks: workers need not keep what other workers train. */
const mostKept = 64;

/** Packs the blocks of rounds; masks that are the same objects from one round to the next are sent once and kept by the workers. */
export class BlockPacker {
  readonly #pool: WorkerPool;
  #last: readonly Mask[] = [];
  #kept: KeptInPool | undefined;
  #numbers: ReadonlyMap<Mask, number> | undefined;

  constructor(pool: WorkerPool) {
    this.#pool = pool;
  }

  /** To be called when a round starts. */
  enter(blocks: readonly Block[]): void {
    const masks = distinctMasks(blocks);
    const isAsBefore = masks.length === this.#last.length && masks.every((mask, index) => mask === this.#last[index]);
    this.#last = masks;
    if (isAsBefore && this.#numbers) return;
    this.close();
    if (!isAsBefore || masks.length > mostKept) return;
    this.#kept = keep(this.#pool, roundMasks, masks);
    this.#numbers = numbersOf(masks);
  }

  /** Some blocks of the round. */
  pack(blocks: readonly Block[]): PackedBlocks {
    if (this.#kept && this.#numbers) return { masks: this.#kept.key, blocks: packBlocks(blocks, this.#numbers) };
    return packAlone(blocks);
  }

  /** Workers need keep no masks any more. */
  close(): void {
    this.#kept?.close();
    this.#kept = undefined;
    this.#numbers = undefined;
  }
}

/** Some blocks with the masks of their clients, each once. */
export function packAlone(blocks: readonly Block[]): PackedBlocks & { readonly masks: readonly Mask[] } {
  const masks = distinctMasks(blocks);
  return { masks, blocks: packBlocks(blocks, numbersOf(masks)) };
}

/** The blocks, with the masks that the numbers stand for. */
export function unpackBlocks(blocks: readonly PackedBlock[], masks: readonly Mask[]): Block[] {
  return blocks.map(({ hasCommonMask, clients: numbers, states, ...block }) => {
    const clients: ClientAssignment[] = [];
    for (let at = 0; at < numbers.length; at += 4) clients.push(assignmentAt(numbers, at, masks, states));
    return { ...block, clients, ...(hasCommonMask && { commonMask: clients[0].mask as CommonMask }) };
  });
}

function assignmentAt(
  numbers: Float64Array,
  at: number,
  masks: readonly Mask[],
  states: PackedBlock["states"],
): ClientAssignment {
  const assignment = {
    client: numbers[at],
    mask: masks[numbers[at + 1]],
    localSteps: numbers[at + 2],
    weight: numbers[at + 3],
  };
  const state = states?.get(assignment.client);
  return state ? { ...assignment, state } : assignment;
}

function packBlocks(blocks: readonly Block[], masks: ReadonlyMap<Mask, number>): PackedBlock[] {
  return blocks.map(({ commonMask, clients, ...block }) => {
    const numbers = new Float64Array(4 * clients.length);
    const states = new Map<number, ClientState>();
    clients.forEach(({ client, mask, localSteps, weight, state }, row) => {
      const at = 4 * row;
      numbers[at] = client;
      numbers[at + 1] = masks.get(mask) ?? Number.NaN;
      numbers[at + 2] = localSteps;
      numbers[at + 3] = weight;
      if (state) states.set(client, state);
    });
    return {
      ...block,
      clients: numbers,
      hasCommonMask: commonMask !== undefined,
      ...(states.size > 0 && { states }),
    };
  });
}

/** Numbers of a packed report. */
const reportNumbers = 7;

export function packUpdate({ sum: _, reports, ...update }: BlockUpdate): PackedUpdate {
  const numbers = new Float64Array(reportNumbers * reports.length);
  reports.forEach(({ client, loss, steps, flops, parameters, nonFiniteStep = -1, encodedBytes = -1 }, row) => {
    const at = reportNumbers * row;
    numbers[at] = client;
    numbers[at + 1] = loss;
    numbers[at + 2] = steps;
    numbers[at + 3] = flops;
    numbers[at + 4] = parameters;
    numbers[at + 5] = nonFiniteStep;
    numbers[at + 6] = encodedBytes;
  });
  return { ...update, reports: numbers };
}

/** @throws FedscoreError FEDSCORE_WORKER for what packUpdate did not make. */
export function unpackUpdate(packed: PackedUpdate, sum: Float32Array): BlockUpdate {
  if (!(packed?.reports instanceof Float64Array)) {
    throw new FedscoreError(
      "FEDSCORE_WORKER",
      `a worker answered with something that is no update: ${describeValue(packed)}`,
    );
  }
  const { reports, ...update } = packed;
  const rows: ClientReport[] = [];
  for (let at = 0; at < reports.length; at += reportNumbers) rows.push(reportAt(reports, at));
  return { ...update, sum, reports: rows };
}

function reportAt(numbers: Float64Array, at: number): ClientReport {
  const report = {
    client: numbers[at],
    loss: numbers[at + 1],
    steps: numbers[at + 2],
    flops: numbers[at + 3],
    parameters: numbers[at + 4],
  };
  const nonFiniteStep = numbers[at + 5];
  const encodedBytes = numbers[at + 6];
  if (nonFiniteStep < 0 && encodedBytes < 0) return report;
  return { ...report, ...(nonFiniteStep >= 0 && { nonFiniteStep }), ...(encodedBytes >= 0 && { encodedBytes }) };
}

function distinctMasks(blocks: readonly Block[]): Mask[] {
  const masks = new Set<Mask>();
  for (const { clients } of blocks) clients.forEach(({ mask }) => void masks.add(mask));
  return [...masks];
}

function numbersOf(masks: readonly Mask[]): Map<Mask, number> {
  return new Map(masks.map((mask, index) => [mask, index]));
}
