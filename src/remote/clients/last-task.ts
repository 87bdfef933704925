import { Outdated } from "./no-answer.js";

/** The last task of training of a run: those that came before it end. */
export class LastTask {
  #last = { place: -1, ended: new AbortController() };

  /**
   * Begins a task; the signal aborts with the next one.
   * @param place of the task in the stream of tasks.
   * @throws Outdated where a later one has begun.
   */
  begin(place: number): AbortSignal {
    if (place < this.#last.place) throw new Outdated("the round is over");
    this.#last.ended.abort();
    this.#last = { place, ended: new AbortController() };
    return this.#last.ended.signal;
  }
}
