import type { Block } from "./messages.js";

/** Work, in multiply-adds x 2, beside which the cost of a message is small: about a millisecond. */
const worthAMessage = 2e7;

/** Work after which a worker should be heard of: tens of milliseconds. */
const mostInAMessage = 1e9;

/**
 * Cuts the blocks of a round, the longest first, into runs that are sent in one message each: half of what is left for each of `places` workers, so
 * that the last ones are short and nobody waits long for the others, but none of them shorter than is worth a message.
 * Guided self-scheduling: Polychronopoulos & Kuck 1987.
 */
export function bundle(blocks: readonly Block[], places: number): Block[][] {
  const bundles: Block[][] = [];
  let left = blocks.reduce((sum, { flops }) => sum + flops, 0);
  const least = Math.min(worthAMessage, left / places);
  for (let start = 0; start < blocks.length; ) {
    const target = Math.min(Math.max(left / (2 * places), least), mostInAMessage);
    let [end, flops] = [start, 0];
    do flops += blocks[end++].flops;
    while (end < blocks.length && flops + blocks[end].flops <= target);
    bundles.push(blocks.slice(start, end));
    left -= flops;
    start = end;
  }
  return bundles;
}
