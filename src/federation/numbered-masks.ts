import type { Mask } from "../pruning/mask.js";
import { defineKept, type KeptInPool, keep } from "../workers/kept.js";
import type { WorkerPool } from "../workers/worker-pool.js";
import type { Block, ClientAssignment, CommonMask } from "./messages.js";

/** A block whose masks are numbers in a list. */
export interface NumberedBlock extends Omit<Block, "clients" | "commonMask"> {
  readonly clients: readonly NumberedAssignment[];
  /** All clients have the mask of the first. */
  readonly hasCommonMask: boolean;
}

interface NumberedAssignment extends Omit<ClientAssignment, "mask"> {
  readonly mask: number;
}

/** Blocks and the list that their masks are in, or the key of a list that workers keep. */
export interface NumberedBlocks {
  readonly masks: readonly Mask[] | string;
  readonly blocks: readonly NumberedBlock[];
}

/** Masks of rounds, in the workers of a pool: there too each is compiled once. */
export const roundMasks = defineKept({ name: "roundMasks", open: (_engine, masks: readonly Mask[]) => masks });

/** More masks than this are sent with their blocks: workers need not keep what other workers train. */
const mostKept = 64;

/** Numbers the masks of rounds; those that are the same objects from one round to the next are sent once and kept by the workers. */
export class MaskNumbers {
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
  number(blocks: readonly Block[]): NumberedBlocks {
    if (this.#kept && this.#numbers) return { masks: this.#kept.key, blocks: numbered(blocks, this.#numbers) };
    const masks = distinctMasks(blocks);
    return { masks, blocks: numbered(blocks, numbersOf(masks)) };
  }

  /** Workers need keep no masks any more. */
  close(): void {
    this.#kept?.close();
    this.#kept = undefined;
    this.#numbers = undefined;
  }
}

/** The blocks with the masks that the numbers stand for. */
export function withMasks(blocks: readonly NumberedBlock[], masks: readonly Mask[]): Block[] {
  return blocks.map(({ hasCommonMask, ...block }) => {
    const clients = block.clients.map((assignment) => ({ ...assignment, mask: masks[assignment.mask] }));
    return { ...block, clients, ...(hasCommonMask && { commonMask: clients[0].mask as CommonMask }) };
  });
}

function numbered(blocks: readonly Block[], numbers: ReadonlyMap<Mask, number>): NumberedBlock[] {
  return blocks.map(({ commonMask, ...block }) => ({
    ...block,
    clients: block.clients.map((assignment) => ({ ...assignment, mask: numbers.get(assignment.mask) ?? 0 })),
    hasCommonMask: commonMask !== undefined,
  }));
}

function distinctMasks(blocks: readonly Block[]): Mask[] {
  return [...new Set(blocks.flatMap(({ clients }) => clients.map(({ mask }) => mask)))];
}

function numbersOf(masks: readonly Mask[]): Map<Mask, number> {
  return new Map(masks.map((mask, index) => [mask, index]));
}
