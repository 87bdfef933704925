import type { Block } from "./messages.js";

/** Work, in multiply-adds x 2, beside which the cost of a message is small: about a millisecond. */
const worthAMessage = 2e7;

/** Work of each worker that is not worth to be cut further. */
const worthACut = 2 * worthAMessage;

/** Work after which a worker should be heard of: tens of milliseconds. */
const mostInAMessage = 1e9;

/**
 * Cuts the blocks of a round, the longest first, into runs that are sent in one message each: half of what is left for each of `places` workers, so
 * that the last ones are short and nobody waits long for the others, but none of them shorter than is worth a message. Guided
 * self-scheduling: Polychronopoulos & Kuck 1987. A round that is short as a whole is shared out, a message for each worker.
 */
export function bundle(blocks: readonly Block[], places: number): Block[][] {
  let left = blocks.reduce((sum, { flops }) => sum + flops, 0);
  if (left <= places * worthACut) return shareOut(blocks, places);
  const bundles: Block[][] = [];
  for (let start = 0; start < blocks.length; ) {
    const target = Math.min(Math.max(left / (2 * places), worthAMessage), mostInAMessage);
    let [end, flops] = [start, 0];
    do flops += blocks[end++].flops;
    while (end < blocks.length && flops + blocks[end].flops <= target);
    bundles.push(blocks.slice(start, end));
    left -= flops;
    start = end;
  }
  return bundles;
}

/** Each block, the longest first, goes where there is the least work so far (Graham 1969). */
function shareOut(blocks: readonly Block[], places: number): Block[][] {
  const shares = Array.from({ length: Math.min(places, blocks.length) }, () => ({ blocks: [] as Block[], flops: 0 }));
  for (const block of blocks) {
    const least = shares.reduce((best, share) => (share.flops < best.flops ? share : best));
    least.blocks.push(block);
    least.flops += block.flops;
  }
  return shares.map((share) => share.blocks).filter((share) => share.length > 0);
}
