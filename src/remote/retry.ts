import { FedscoreError } from "../errors.js";
import { codeOf } from "./jetstream.js";

/** The cluster has no leader now. */
const clusterUnavailable = 10008;

/** Names of errors of connections that do not come back, of what the server does not allow, and of messages that are larger than it takes. */
const finalErrors = [
  "InvalidArgumentError",
  "ClosedConnectionError",
  "DrainingConnectionError",
  "PermissionViolationError",
  "InvalidSubjectError",
];

/** Repeats what the connection or the server may fail at, more and more slowly, until it succeeds. Other failures are thrown, and all once `isOver`. */
export async function persistently<Result>(isOver: () => boolean, work: () => Promise<Result>): Promise<Result> {
  for (let pause = 50; ; pause = Math.min(2 * pause, 2000)) {
    try {
      return await work();
    } catch (error) {
      if (isOver() || !isPassing(error)) throw error;
      await wait(pause);
    }
  }
}

/** Whether an error may not come again: no answer, no connection now. */
function isPassing(error: unknown): boolean {
  if (error instanceof FedscoreError || error instanceof RangeError || error instanceof TypeError) return false;
  if (error instanceof Error && finalErrors.includes(error.name)) return false;
  const code = codeOf(error);
  return code === undefined || code < 1000 || code === clusterUnavailable;
}

/** Waits for work, but no longer than some milliseconds; leaves no timer behind that would keep a process alive. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after some milliseconds. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
