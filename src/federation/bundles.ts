import type { BlockTask } from "./messages.js";

/** Work, in multiply-adds x 2, beside which the cost of a message is small: about a millisecond. */
const worthAMessage = 2e7;

/** Work after which a worker should be heard of: tens of milliseconds. */
const mostInAMessage = 1e9;

/**
 * Cuts tasks, the longest first, into runs that are sent in one message each: half of what is left for each of `places` workers, so
 * that the last ones are short and nobody waits long for the others, but none of them shorter than is worth a message.
 * Guided self-scheduling: Polychronopoulos & Kuck 1987.
 */
export function bundle(tasks: readonly BlockTask[], places: number): BlockTask[][] {
  const bundles: BlockTask[][] = [];
  let left = tasks.reduce((sum, { flops }) => sum + flops, 0);
  const least = Math.min(worthAMessage, left / places);
  for (let start = 0; start < tasks.length; ) {
    const target = Math.min(Math.max(left / (2 * places), least), mostInAMessage);
    let [end, flops] = [start, 0];
    do flops += tasks[end++].flops;
    while (end < tasks.length && belongTogether(tasks[start], tasks[end]) && flops + tasks[end].flops <= target);
    bundles.push(tasks.slice(start, end));
    left -= flops;
    start = end;
  }
  return bundles;
}

function belongTogether(a: BlockTask, b: BlockTask): boolean {
  return a.setup === b.setup && a.parameters === b.parameters;
}
