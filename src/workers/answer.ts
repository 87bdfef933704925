import { FedscoreError } from "../errors.js";
import type { AbortListeners } from "./abort-listeners.js";

/** The caller's end of a call, which settles once. */
export interface Answer {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Set when the caller has its answer, whatever a worker still does. */
  settled: boolean;
}

/** What a call is stopped by, and who wants to know. */
export interface AnswerOptions {
  readonly signal: AbortSignal | undefined;
  readonly aborts: AbortListeners;
  /** Called behind the rejection when the signal aborts. */
  readonly onAbort: () => void;
  /** Called once, before the caller hears of it. */
  readonly onSettled?: () => void;
}

/** The end of a promise: an abort of the signal rejects it. */
export function openAnswer(
  promise: Pick<Answer, "resolve" | "reject">,
  { signal, aborts, onAbort, onSettled }: AnswerOptions,
): Answer {
  const settle = (end: () => void) => {
    if (answer.settled) return;
    answer.settled = true;
    forget?.();
    onSettled?.();
    end();
  };
  const answer: Answer = {
    resolve: (value) => settle(() => promise.resolve(value)),
    reject: (error) => settle(() => promise.reject(error)),
    settled: false,
  };
  const forget =
    signal &&
    aborts.add(signal, () => {
      answer.reject(new FedscoreError("FEDSCORE_ABORTED", "the operation was aborted", {}, signal.reason));
      onAbort();
    });
  return answer;
}
