import { throwIfAborted } from "../errors.js";

/** What `start` gives for each item, in the order of the items, at most `ahead` of them under way; those have ended when it ends. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  ahead: number,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underway: Promise<Result>[] = [];
  const startNext = (item: Item) => {
    const result = start(item);
    result.catch(() => undefined);
    underway.push(result);
  };
  try {
    for (let next = 0; next < items.length || underway.length > 0; ) {
      while (next < items.length && underway.length < ahead) startNext(items[next++]);
      const first = underway.shift();
      if (first) yield await first;
    }
  } finally {
    await Promise.allSettled(underway);
  }
}

/**
 * What `work` gives for each item, as it arrives; items start in their order, at most `limit` of them under way. A failure, an abort and
 * whoever stops listening end the others through the signal that they are given; all have ended when it ends.
 * @throws FedscoreError FEDSCORE_ABORTED, or the first failure.
 */
export async function* concurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  throwIfAborted(signal);
  const end = new AbortController();
  const ended = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  const arrived: Result[] = [];
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  let wake = () => {};
  let lanes = Math.min(limit, items.length);
  const lane = async () => {
    while (next < items.length && !ended.aborted) {
      try {
        arrived.push(await work(items[next++], ended));
      } catch (error) {
        failure ??= { error };
        end.abort(error);
      }
      wake();
    }
    lanes--;
    wake();
  };
  const running = Array.from({ length: lanes }, lane);
  try {
    while (lanes > 0 || arrived.length > 0) {
      if (arrived.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      yield* arrived.splice(0);
    }
  } finally {
    end.abort();
    await Promise.all(running);
  }
  throwIfAborted(signal);
  if (failure) throw failure.error;
}
