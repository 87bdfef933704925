/** Messages of one sender that were refused. */
export interface RefusedMessages {
  /** Name of the client by the subject that they came on. */
  readonly sender: string;
  readonly count: number;
  /** What was wrong with the first few. */
  readonly reasons: readonly string[];
}

/** Reasons that are kept of a sender. */
const mostReasons = 5;

/** Senders that are kept. */
const mostSenders = 10_000;

/** Counts what was refused, by sender. */
export class Refusals {
  readonly #bySender = new Map<string, { count: number; reasons: string[] }>();
  readonly #onNote: (text: string) => void;

  constructor(onNote: (text: string) => void) {
    this.#onNote = onNote;
  }

  add(sender: string, reason: string): void {
    const known = this.#bySender.get(sender) ?? { count: 0, reasons: [] };
    if (known.count === 0 && this.#bySender.size >= mostSenders) return;
    known.count++;
    if (known.reasons.length < mostReasons) {
      known.reasons.push(reason);
      this.#onNote(`a message of ${sender} was refused: ${reason}`);
    }
    this.#bySender.set(sender, known);
  }

  /** In ascending order of senders. */
  list(): RefusedMessages[] {
    return [...this.#bySender]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sender, { count, reasons }]) => ({ sender, count, reasons: [...reasons] }));
  }
}
