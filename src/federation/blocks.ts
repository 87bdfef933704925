import type { NetworkSpec } from "../network/spec.js";
import { compileMask } from "../pruning/compiled-mask.js";
import type { Mask } from "../pruning/mask.js";
import type { Block, ClientAssignment, CommonMask } from "./messages.js";

/** Most blocks of a round, and most regions: enough to spread over workers, few enough that block sums cost no memory to speak of. */
export const maxBlocks = 64;

/** Clients per block. A function of their number alone: never of the workers, because boundaries decide how sums round. */
export function blockSize(participants: number): number {
  return Math.ceil(participants / maxBlocks);
}

export function blockId(setup: string, round: number, block: number): string {
  return `${setup}/${round}/${block}`;
}

export interface RoundPlan {
  readonly setup: string;
  readonly round: number;
  readonly network: NetworkSpec;
  /** Rows that a local step meets, see rowsOfStep. */
  readonly stepRows: number;
  readonly assignments: readonly ClientAssignment[];
  /** Clients of each region, which are numbered one region after the other. Absent: there are none. */
  readonly regions?: readonly number[] | undefined;
  /** See Block. */
  readonly clipNorm?: number | undefined;
  readonly nonFinite: "stop" | "drop";
  /** Whether each block has one client, whose weight there is 1: its sum is then its update. Default: false. */
  readonly single?: boolean;
}

/** The blocks of a round in their order: consecutive assignments, `blockSize` each, or those of one region, or each for itself. */
export function cutIntoBlocks(plan: RoundPlan): Block[] {
  const { setup, round, network, stepRows, assignments, regions, nonFinite, clipNorm, single = false } = plan;
  const cut = single ? oneEach(assignments) : regions ? inRegions(assignments, regions) : inSizes(assignments);
  return cut.map((clients, block) => {
    const common = commonMask(clients);
    return {
      id: blockId(setup, round, block),
      setup,
      round,
      block,
      clients,
      ...(common && { commonMask: common }),
      ...(clipNorm !== undefined && { clipNorm }),
      flops: trainingFlops(network, stepRows, clients),
      nonFinite,
    };
  });
}

/** Multiply-adds x 2 of the local steps of some clients. */
export function trainingFlops(
  network: NetworkSpec,
  stepRows: number,
  clients: readonly Pick<ClientAssignment, "mask" | "localSteps">[],
): number {
  return clients.reduce(
    (sum, { mask, localSteps }) => sum + 3 * compileMask(network, mask).forwardFlops * stepRows * localSteps,
    0,
  );
}

function inSizes(assignments: readonly ClientAssignment[]): (readonly ClientAssignment[])[] {
  const size = blockSize(assignments.length);
  return Array.from({ length: Math.ceil(assignments.length / size) }, (_, block) =>
    assignments.slice(block * size, (block + 1) * size),
  );
}

function oneEach(assignments: readonly ClientAssignment[]): (readonly ClientAssignment[])[] {
  return assignments.map((assignment) => [{ ...assignment, weight: 1 }]);
}

/** A region of which no client takes part has no block. */
function inRegions(
  assignments: readonly ClientAssignment[],
  regions: readonly number[],
): (readonly ClientAssignment[])[] {
  let [from, end] = [0, 0];
  const cut = regions.map((clients) => {
    end += clients;
    const begin = from;
    while (from < assignments.length && assignments[from].client < end) from++;
    return assignments.slice(begin, from);
  });
  return cut.filter((clients) => clients.length > 0);
}

function commonMask(clients: readonly ClientAssignment[]): CommonMask | undefined {
  const [{ mask }] = clients;
  if (mask.kind === "unstructured") return undefined;
  return clients.every((client) => sameMask(client.mask, mask)) ? mask : undefined;
}

function sameMask(a: Mask, b: Mask): boolean {
  return a === b || (a.kind === "full" && b.kind === "full");
}

/** The same blocks, the longest first: the order to hand them out in, so that no worker ends long after the others. */
export function longestFirst(blocks: readonly Block[]): Block[] {
  return [...blocks].sort((a, b) => b.flops - a.flops);
}

/** All of a network, or of a submodel. */
export const wholeMask = { kind: "full" } as const;

/** Whose entries a block's sum has: those of the mask of all its clients, or every parameter where they have different ones. */
export function maskOfSum({ commonMask = wholeMask }: Pick<Block, "commonMask">): CommonMask {
  return commonMask;
}

/** Numbers in a block's sum. */
export function sumLength(network: NetworkSpec, block: Pick<Block, "commonMask">): number {
  return compileMask(network, maskOfSum(block)).kept;
}
