import { silence, type WorkerBeat } from "./protocol.js";

interface Seen {
  readonly beat: WorkerBeat;
  at: number;
}

/** Which workers a run has, by their signs of life. */
export class Census {
  readonly #seen = new Map<string, Seen>();
  readonly #refusing = new Set<string>();
  readonly #onNote: (text: string) => void;
  #lookedAt = performance.now();

  constructor(onNote: (text: string) => void) {
    this.#onNote = onNote;
  }

  /** Calls that all workers run at the same time. */
  get places(): number {
    return [...this.#seen.values()].reduce((sum, { beat }) => sum + beat.places, 0);
  }

  hear(beat: WorkerBeat): void {
    const { worker, name, places, refuses } = beat;
    if (refuses !== undefined) {
      if (!this.#refusing.has(worker)) this.#onNote(`worker ${name} does not join: ${refuses}`);
      this.#refusing.add(worker);
      return;
    }
    if (places === 0) {
      this.#lose(worker);
      return;
    }
    if (!this.#seen.has(worker)) this.#onNote(`worker ${name} joined: ${counted(places, "place")}`);
    this.#seen.set(worker, { beat, at: performance.now() });
  }

  /** Forgets whom nobody has heard of, but not where this thread was too busy to listen. */
  look(): void {
    const now = performance.now();
    const wasBusy = now - this.#lookedAt > silence.worker / 2;
    this.#lookedAt = now;
    for (const [worker, seen] of this.#seen) {
      if (wasBusy) seen.at = now;
      else if (now - seen.at > silence.worker) this.#lose(worker);
    }
  }

  #lose(worker: string): void {
    const seen = this.#seen.get(worker);
    if (!seen) return;
    this.#seen.delete(worker);
    this.#onNote(`worker ${seen.beat.name} left`);
  }
}

/** "1 place", "2 places". */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
