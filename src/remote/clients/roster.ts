import type { ConnectionWatch } from "../connection-watch.js";
import { beat } from "../protocol.js";
import { fedscoreVersion } from "../version.js";
import type { Hello } from "./messages.js";

/** A client that was heard of. */
export interface Seat {
  readonly hello: Hello;
  /** Of performance.now(), and in milliseconds since 1970. */
  readonly at: number;
  readonly date: number;
}

/** Milliseconds without a word of the server after which the line is taken to be cut. */
const deaf = 1.5 * beat;

/** Most clients that are remembered. */
const mostSeats = 100_000;

/** Who is there, by what clients say each second. */
export class Roster {
  readonly #seats = new Map<string, Seat>();
  readonly #watch: ConnectionWatch;
  readonly #onNote: (text: string) => void;
  #lookedAt = performance.now();
  /** When the server was heard of. */
  #serverAt = performance.now();
  /** Since when this thread listens. */
  #listening = 0;
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
    const { name, session, rows, table } = hello;
    const known = this.#seats.get(name);
    if (!known && this.#seats.size >= mostSeats) return;
    this.#seats.set(name, { hello, at: performance.now(), date: Date.now() });
    if (known?.hello.session === session) return;
    const refused = versionProblem(hello);
    this.#onNote(`client ${name} is there${known ? " again" : ""}: ${refused ?? `${rows || (table?.rows ?? 0)} rows`}`);
    this.onSession(name);
  }

  /** The server is there: what clients say is heard. */
  hearServer(): void {
    this.#serverAt = performance.now();
  }

  /** To be called each second: what this thread was too busy to hear, or no line brought, is nobody's silence. */
  look(): void {
    const now = performance.now();
    if (now - this.#lookedAt > 3 * beat || now - this.#serverAt > deaf) this.#listening = now;
    this.#lookedAt = now;
  }

  /** Milliseconds since a client was heard of, or since `from` where it never was; the time without a connection does not count. */
  silence(name: string, from: number): number {
    return performance.now() - Math.max(this.#seats.get(name)?.at ?? from, this.#watch.since, this.#listening);
  }
}

/** Why a client cannot take part whatever it is asked; undefined where it can: other versions may round differently. */
export function versionProblem({ version }: Hello): string | undefined {
  return version === fedscoreVersion ? undefined : `it runs fedscore ${version}, this is ${fedscoreVersion}`;
}
