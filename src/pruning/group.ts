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
  const keys = new Map<Mask, string | Uint8Array>();
  masks.forEach((mask, n) => {
    const key = keys.get(mask) ?? contentKey(mask);
    keys.set(mask, key);
    const group = groups.get(key) ?? { mask, clients: 0, weight: 0 };
    group.clients++;
    group.weight += weights?.[n] ?? 1;
    groups.set(key, group);
  });
  return [...groups.values()];
}

function contentKey(mask: Mask): string | Uint8Array {
  if (mask.kind === "full") return "full";
  return mask.kind === "structured" ? mask.kept.join(";") : mask.keep;
}
