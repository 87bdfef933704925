import { FedscoreError } from "../errors.js";

/** Milliseconds that are left, once a round is closed, to answer with what there is. */
const grace = 1000;

/** When a round is closed. */
export interface Closing {
  /** Seconds from its start; undefined: never. */
  readonly deadline: number | undefined;
  /** Asked after each arrival: whether no more are needed. */
  enough(): boolean;
  /** Called when it is closed. */
  onClosed(): void;
  /** That of the run, which ends the round at once. */
  readonly signal: AbortSignal | undefined;
}

/**
 * What `start` yields until the round is closed, and what it still has within a second from then. The signal that it is given aborts
 * with the run and when the round is closed.
 * @throws what `start` throws while the round is open.
 */
export async function* untilClosed<Arrival>(
  start: (signal: AbortSignal) => AsyncIterable<Arrival>,
  { deadline, enough, onClosed, signal }: Closing,
): AsyncGenerator<Arrival, void, undefined> {
  const round = new OpenRound(onClosed);
  if (deadline !== undefined) round.closeAfter(1000 * deadline);
  const arrivals = start(signal ? AbortSignal.any([signal, round.signal]) : round.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const arrival = await Promise.race([arrivals.next(), round.over]);
      if (arrival === over || arrival.done) return;
      yield arrival.value;
      if (enough()) round.close();
    }
  } catch (error) {
    if (!round.isClosed) throw error;
  } finally {
    const ended = end(arrivals);
    await Promise.race([ended, round.over]);
    round.stopWaiting();
  }
}

/** Stands for the end of a closed round's grace. */
const over = Symbol("over");

/** The time that a round has. */
class OpenRound {
  /** Fulfilled a second after the round is closed. */
  readonly over: Promise<typeof over>;
  readonly #closing = new AbortController();
  #end: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #onClosed: () => void;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    this.over = new Promise((resolve) => {
      this.#end = () => resolve(over);
    });
  }

  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  closeAfter(milliseconds: number): void {
    this.#timer = setTimeout(() => this.close(), milliseconds);
  }

  close(): void {
    if (this.isClosed) return;
    this.stopWaiting();
    this.#timer = setTimeout(this.#end, grace);
    this.#onClosed();
    this.#closing.abort(new FedscoreError("FEDSCORE_ABORTED", "the round is closed"));
  }

  /** No timer may keep the process alive. */
  stopWaiting(): void {
    clearTimeout(this.#timer);
  }
}

async function end(arrivals: AsyncIterator<unknown>): Promise<void> {
  try {
    await arrivals.return?.();
  } catch {
    // Whoever is told to end may say so by an error.
  }
}
