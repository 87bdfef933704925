import { FedscoreError } from "../errors.js";
import { supportsRelaxedSimd } from "../kernels/index.js";
import type { ConnectionWatch } from "./connection-watch.js";
import { type RunBeat, silence } from "./protocol.js";
import { fedscoreVersion } from "./version.js";

/** A run that a worker cannot join, and why. */
export interface Refusal {
  readonly run: string;
  readonly reason: string;
}

/** The runs that a worker hears of. */
export class RunsHeard {
  readonly #alive = new Map<string, { readonly beat: RunBeat; at: number }>();
  readonly #ended = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #watch: ConnectionWatch;
  readonly #onNote: (text: string) => void;
  #turn = Math.floor(Math.random() * 1000);

  constructor(watch: ConnectionWatch, onNote: (text: string) => void) {
    this.#watch = watch;
    this.#onNote = onNote;
  }

  /** Takes a sign of life; gives why the run is refused where it is. */
  hear(read: () => RunBeat): Refusal | undefined {
    try {
      return this.#take(read());
    } catch (error) {
      if (error instanceof FedscoreError) return undefined;
      throw error;
    }
  }

  /** A run to join, if there is one: workers that are idle spread over all of them. */
  next(): RunBeat | undefined {
    const alive = this.#aliveNow();
    return alive.length === 0 ? undefined : alive[this.#turn++ % alive.length];
  }

  /** Whether the pool of a run is silent for so long that it must be gone; the time without a connection does not count. */
  isGone(run: string): boolean {
    return !this.#aliveNow().some((beat) => beat.run === run);
  }

  /** Whether there are others than this one. */
  hasOthers(run: string): boolean {
    return this.#aliveNow().some((beat) => beat.run !== run);
  }

  end(run: string): void {
    this.#ended.add(run);
    this.#alive.delete(run);
  }

  #take(beat: RunBeat): Refusal | undefined {
    const { run } = beat;
    if (this.#ended.has(run)) return undefined;
    const reason = reasonAgainst(beat);
    if (reason === undefined) {
      this.#alive.set(run, { beat, at: performance.now() });
      return undefined;
    }
    if (!this.#refused.has(run)) this.#onNote(`run ${run.slice(0, 8)} is refused: ${reason}`);
    this.#refused.add(run);
    return { run, reason };
  }

  #aliveNow(): RunBeat[] {
    const now = performance.now();
    const { since } = this.#watch;
    return [...this.#alive.values()]
      .filter(({ at }) => now - Math.max(at, since) < silence.run)
      .map(({ beat }) => beat);
  }
}

/** What a run needs that this worker does not have: other versions and builds may round differently. */
function reasonAgainst({ version, variant }: RunBeat): string | undefined {
  if (version !== fedscoreVersion) return `it needs fedscore ${version}, this is ${fedscoreVersion}`;
  if (variant === "relaxed" && !supportsRelaxedSimd())
    return "it needs relaxed SIMD, which this engine does not have (variant simd runs everywhere)";
  return undefined;
}
