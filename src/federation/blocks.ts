import type { NetworkSpec } from "../network/spec.js";
import type { Mask } from "../pruning/mask.js";
import { keptFlops, oncePerMask } from "../pruning/submodel.js";
import type { BlockTask, ClientAssignment } from "./messages.js";

/** Most blocks of a round: enough to spread over workers, few enough that block sums cost no memory to speak of. */
const maxBlocks = 64;

/** Clients per block. A function of their number alone: never of the workers, because boundaries decide how sums round. */
export function blockSize(participants: number): number {
  return Math.ceil(participants / maxBlocks);
}

export function taskId(setup: string, round: number, block: number): string {
  return `${setup}/${round}/${block}`;
}

export interface RoundPlan {
  readonly setup: string;
  readonly round: number;
  readonly parameters: Float32Array;
  readonly assignments: readonly ClientAssignment[];
  readonly nonFinite: "stop" | "drop";
}

/** The tasks of a round in block order: consecutive assignments, `blockSize` each. */
export function cutIntoBlocks({ setup, round, parameters, assignments, nonFinite }: RoundPlan): BlockTask[] {
  const size = blockSize(assignments.length);
  return Array.from({ length: Math.ceil(assignments.length / size) }, (_, block) => ({
    id: taskId(setup, round, block),
    setup,
    round,
    block,
    parameters,
    clients: assignments.slice(block * size, (block + 1) * size),
    nonFinite,
  }));
}

/** The same tasks, the longest first: the order to hand them out in, so that no worker ends long after the others. */
export function longestFirst(network: NetworkSpec, tasks: readonly BlockTask[]): BlockTask[] {
  const flops = oncePerMask((mask) => keptFlops(network, mask));
  const cost = new Map(tasks.map((task) => [task, flopsOf(task, flops)]));
  return [...tasks].sort((a, b) => (cost.get(b) ?? 0) - (cost.get(a) ?? 0));
}

function flopsOf({ clients }: BlockTask, flops: (mask: Mask) => number): number {
  return clients.reduce((sum, { mask, localSteps }) => sum + flops(mask) * localSteps, 0);
}
