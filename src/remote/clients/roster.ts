import type { ConnectionWatch } from "../connection-watch.js";
import { fedscoreVersion } from "../version.js";
import type { Hello } from "./messages.js";

/** A client that was heard of. */
export interface Seat {
  readonly hello: Hello;
  /** Of performance.now(), and in milliseconds since 1970. */
  readonly at: number;
  readonly date: number;
}

/** Most clients that are remembered. */
const mostSeats = 100_000;

/** Who is there, by what clients say each second. */
export class Roster {
  readonly #seats = new Map<string, Seat>();
  readonly #watch: ConnectionWatch;
  readonly #onNote: (text: string) => void;
  /** Told of a client that is there for the first time, or again as another process. */
  onSession: (name: string) => void = () => {};

  constructor(watch: ConnectionWatch, onNote: (text: string) => void) {
    this.#watch = watch;
    this.#onNote = onNote;
  }

  get seats(): ReadonlyMap<string, Seat> {
    return this.#seats;
  }

  hear(hello: Hello): void {
    const { name, session, rows } = hello;
    const known = this.#seats.get(name);
    if (!known && this.#seats.size >= mostSeats) return;
    this.#seats.set(name, { hello, at: performance.now(), date: Date.now() });
    if (known?.hello.session === session) return;
    const refused = versionProblem(hello);
    this.#onNote(`client ${name} is there${known ? " again" : ""}: ${refused ?? `${rows} rows`}`);
    this.onSession(name);
  }

  /** Milliseconds since a client was heard of, or since `from` where that is later; the time without a connection does not count. */
  silence(name: string, from: number): number {
    const heard = this.#seats.get(name)?.at ?? Number.NEGATIVE_INFINITY;
    return performance.now() - Math.max(heard, from, this.#watch.since);
  }
}

/** Why a client cannot take part whatever it is asked; undefined where it can: other versions may round differently. */
export function versionProblem({ version }: Hello): string | undefined {
  return version === fedscoreVersion ? undefined : `it runs fedscore ${version}, this is ${fedscoreVersion}`;
}
