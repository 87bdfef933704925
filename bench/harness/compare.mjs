/** Contests between processes. */
import { Contest as OpenContest } from "./contest.mjs";
import { Contestant } from "./contestant.mjs";

export { fastest, quick, thorough } from "./contest.mjs";

export class Contest extends OpenContest {
  /** @param entries of harness/roster.mjs; or contestants that are already open. */
  constructor(entries, pace) {
    super(
      entries.map((entry) => (entry.ask ? entry : new Contestant(entry))),
      pace,
    );
  }
}
