/** Runs a workload for a given time; short runs are timed in groups, so that reading the clock costs nothing. */
export class Timer {
  #group = 1;

  /** @param clock seconds. */
  constructor(workload, clock) {
    this.workload = workload;
    this.clock = clock;
  }

  /** Runs for at least `seconds`, at least once; returns how many runs took how long. */
  async time(seconds) {
    const { workload, clock } = this;
    const begin = clock();
    let runs = 0;
    let elapsed = 0;
    do {
      for (let i = 0; i < this.#group; i++) {
        const done = workload.run();
        if (done instanceof Promise) await done;
      }
      runs += this.#group;
      elapsed = clock() - begin;
    } while (elapsed < seconds);
    this.#group = Math.max(1, Math.floor((runs / elapsed) * 0.002));
    return { runs, seconds: elapsed };
  }
}
