const pieceLength = 8192;

/**
 * Calls work(start, end, ...operands) for one piece of [0, length) after the other; all but the last one have an even length. For loops over long
 * vectors that run once a round: an engine compiles a function that is called often as a whole. One that is called seldom it enters in the
 * middle of its loop, every time anew after a while in the interpreter, and what comes behind the loop throws it out again.
 * @param work best a function that needs nothing from around it: what a closure captures is read anew for each entry.
 */
export function inPieces<Operands extends readonly unknown[]>(
  length: number,
  work: (start: number, end: number, ...operands: Operands) => void,
  ...operands: Operands
): void {
  for (let start = 0; start < length; start += pieceLength)
    work(start, Math.min(length, start + pieceLength), ...operands);
}
