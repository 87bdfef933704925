/** Times the same work of several contestants by turns, after all of them have shown that they compute the same numbers. */
import { summary } from "./statistics.mjs";

/**
 * How long a contest takes: the `share` of their size that the largest workloads have, seconds to warm up, seconds of one turn, most turns, and seconds after which a contestant that has had
 * `leastRounds` gets no more. Turns are short and many because other programs, and other guests of the same processor, disturb for
 * some of them: the best turn of each is what the machine can do. `turns`, a Map, where there is one, collects the turns of all contests of
 * the same contestants in the same work: passes that are minutes apart count as one contest.
 */
export const thorough = { share: 1, warm: 0.5, slice: 0.03, rounds: 60, leastRounds: 2, patience: 3 };
export const quick = { share: 0.05, warm: 0.15, slice: 0.015, rounds: 7, leastRounds: 2, patience: 0.4 };

/** A check without numbers belongs to a limit, which computes nothing; an infinite tolerance to works that are not the same. */
function sameNumbers(label, check, reference, tolerance) {
  if (check.length === 0 || tolerance === Number.POSITIVE_INFINITY) return;
  if (check.length !== reference.length) throw new Error(`${label} returned ${check.length} numbers`);
  const scale = Math.max(...reference.map(Math.abs));
  check.forEach((value, index) => {
    // What is not a number travels as null, which would count as 0.
    if (Number.isFinite(value) && Math.abs(value - reference[index]) <= tolerance * scale) return;
    throw new Error(`${label} computes ${value} where ${reference[index]} is expected (number ${index})`);
  });
}

/** Contestants that stay open from one workload to the next. The first one is what the others are compared with. */
export class Contest {
  #contestants;
  #pace;

  /** @param contestants each with `entry`, whose label names it, `ask(request)` as harness/operations.mjs answers it, and `close()`. */
  constructor(contestants, pace) {
    this.#contestants = contestants;
    this.#pace = pace;
  }

  /** id -> { packages and their versions }. */
  async versions() {
    const all = {};
    for (const contestant of this.#contestants) {
      Object.assign(all, (await contestant.ask({ op: "about" })).versions);
    }
    return all;
  }

  /**
   * Who has a `workload` or `params` in its entry does that instead: a part of the work, or the same work in another shape. Who is
   * `unchecked` does other work to measure by, whose numbers nobody compares.
   * @param tolerance largest difference of a checked number, as a share of the largest one.
   * @returns one result per contestant that does the workload, in order: { entry, best, median, spread } in seconds per piece of work, and
   *   its best time as a multiple of the first one's: `ratio`.
   */
  async run(workload, params, tolerance) {
    const running = [];
    let reference;
    for (const contestant of this.#contestants) {
      const begin = performance.now();
      const own = {
        workload: contestant.entry.workload ?? workload,
        params: { ...params, ...contestant.entry.params },
      };
      const { unsupported, check, units = 1 } = await contestant.ask({ op: "prepare", ...own });
      if (unsupported) continue;
      reference ??= check;
      if (!contestant.entry.unchecked) sameNumbers(contestant.entry.label, check, reference, tolerance);
      const prepared = (performance.now() - begin) / 1000;
      running.push({ contestant, units, seconds: [], spent: 0, prepared });
    }
    await this.#takeTurns(running);
    const works = running.map(({ contestant: { entry } }) => [entry.id, entry.label, entry.workload, entry.params]);
    const all = running.map(({ contestant: { entry }, seconds }, index) => {
      const key = JSON.stringify([index, workload, params, works]);
      const turns = [...(this.#pace.turns?.get(key) ?? []), ...seconds];
      this.#pace.turns?.set(key, turns);
      return { entry, ...summary(turns) };
    });
    return all.map((result) => ({ ...result, ratio: result.best / all[0].best }));
  }

  async #takeTurns(running) {
    const { warm, slice, rounds, leastRounds, patience } = this.#pace;
    // The check has run the work once: where that took long, everything is warm.
    for (const { contestant, prepared } of running) {
      if (prepared < 5 * warm) await contestant.ask({ op: "time", seconds: warm });
    }
    for (let round = 0; round < rounds; round++) {
      for (const each of round % 2 === 0 ? running : [...running].reverse()) {
        if (round >= leastRounds && each.spent > patience) continue;
        const { runs, seconds } = await each.contestant.ask({ op: "time", seconds: slice });
        each.seconds.push(seconds / runs / each.units);
        each.spent += seconds;
      }
    }
  }

  close() {
    for (const contestant of this.#contestants) contestant.close();
  }
}

/** The fastest of some results, undefined where there are none. */
export function fastest(results) {
  return results.reduce((best, result) => (best === undefined || result.best < best.best ? result : best), undefined);
}
