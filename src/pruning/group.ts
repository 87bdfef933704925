import { requireLength } from "../errors.js";
import type { Mask } from "./mask.js";

/** Clients that keep the same parameters. */
export interface MaskGroup {
  readonly mask: Mask;
  readonly clients: number;
  /** Sum of the clients' weights, in their order. */
  readonly weight: number;
}

/**
 * The distinct masks, in the order of their first client: what costs O(P) a mask is then done once for each of them. Unstructured
 * masks count as equal only where they are the same array.
 */
export function groupMasks(masks: readonly Mask[], weights?: readonly number[]): MaskGroup[] {
  if (weights) requireLength("weights", weights, masks.length);
  const groups = new Map<string | Uint8Array, { mask: Mask; clients: number; weight: number }>();
  masks.forEach((mask, n) => {
    const key = contentKey(mask);
    const group = groups.get(key) ?? { mask, clients: 0, weight: 0 };
    group.clients++;
    group.weight += weights?.[n] ?? 1;
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** Whether groups keep the same parameters for as many clients of the same weight, in the same order. */
export function sameGroups(a: readonly MaskGroup[], b: readonly MaskGroup[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ mask, clients, weight }, index) => {
    const other = b[index];
    return clients === other.clients && weight === other.weight && contentKey(mask) === contentKey(other.mask);
  });
}

const contentKeys = new WeakMap<Mask, string | Uint8Array>();

function contentKey(mask: Mask): string | Uint8Array {
  if (mask.kind === "full") return "full";
  if (mask.kind === "unstructured") return mask.keep;
  const key = contentKeys.get(mask) ?? mask.kept.join(";");
  contentKeys.set(mask, key);
  return key;
}
