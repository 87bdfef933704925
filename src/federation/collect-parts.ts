import { byClient, type RoundPart } from "./devices/asked-round.js";
import type { Block } from "./messages.js";
import type { RoundSum } from "./round-sum.js";

/** What came of a round. */
export type CollectedSum = Pick<RoundSum, "total" | "reports" | "absent" | "states" | "lossSums">;

/**
 * Has the parts of a round run, one after the other, and adds up what came of them.
 * @param collect sums a part in `total`, float64 [P], which it overwrites.
 * @param total float64 [P], overwritten with the sum.
 */
export async function collectParts(
  parts: readonly RoundPart[],
  collect: (part: RoundPart, total: Float64Array) => Promise<RoundSum>,
  total: Float64Array,
): Promise<CollectedSum> {
  const [first, ...others] = parts;
  if (first === undefined)
    return { total: total.fill(0), reports: [], absent: [], states: new Map(), lossSums: undefined };
  let all: CollectedSum = await collect(first, total);
  if (others.length === 0) return all;
  const room = new Float64Array(total.length);
  for (const part of others) {
    const next = await collect(part, room);
    for (let i = 0; i < total.length; i++) total[i] += next.total[i];
    all = {
      total,
      reports: [...all.reports, ...next.reports].sort(byClient),
      absent: [...all.absent, ...next.absent].sort(byClient),
      states: new Map([...all.states, ...next.states]),
      lossSums: undefined,
    };
  }
  return all;
}

/** Blocks of a part that starts from parameters of an earlier round, with ids that no other round of the run has. */
export function ofRound(round: number, blocks: Block[]): Block[] {
  return blocks.map((block) => (block.round === round ? block : { ...block, id: `${block.id}@${round}` }));
}
