import { wait } from "../retry.js";
import { mostSmallBytes } from "./answers.js";
import type { ClientsLink, Reply } from "./link.js";
import { versionProblem } from "./roster.js";

/** A process that is told of the setup. */
interface Opening {
  readonly session: string;
  readonly reply: Promise<Reply<unknown>>;
  /** Another process is there under the name, or it is told again. */
  readonly outdated: AbortController;
}

/** Tells each process of those that a coordinator asks of a setup once. */
export class Openings {
  readonly #link: ClientsLink;
  readonly #bodyFor: (name: string, session: string) => object;
  readonly #openings = new Map<string, Opening>();
  readonly #states = new Map<string, string>();
  readonly #begin = performance.now();

  /** @param bodyFor what a process is told, whose session must be in it. */
  constructor(link: ClientsLink, names: readonly string[], bodyFor: (name: string, session: string) => object) {
    this.#link = link;
    this.#bodyFor = bodyFor;
    const known = new Set(names);
    link.roster.onSession = (name) => {
      if (known.has(name)) this.#open(name);
    };
    for (const name of names) if (link.roster.seats.has(name)) this.#open(name);
  }

  /** What somebody does now, in a word or two. */
  stateOf(name: string): string | undefined {
    return this.#states.get(name);
  }

  setState(name: string, state: string): void {
    this.#states.set(name, state);
  }

  /** Notes what becomes of somebody who gave nothing. */
  setMissing(name: string, reason: "late" | "lost" | "refused"): void {
    this.#states.set(name, reason === "refused" ? "refuses" : `is ${reason}`);
  }

  close(): void {
    this.#link.roster.onSession = () => {};
    for (const { outdated } of this.#openings.values()) outdated.abort();
  }

  /** Whether the process of that name knows the setup, once there is one. @throws what `ClientsLink.ask` throws. */
  async opened(name: string, signal: AbortSignal | undefined): Promise<Reply<unknown>> {
    const { lostAfter } = this.#link.settings;
    while (!this.#link.roster.seats.has(name)) {
      this.#link.throwIfDenied();
      if (signal?.aborted || this.#link.isClosed) return { none: "late", message: "nobody has heard of it" };
      if (this.#link.roster.silence(name, this.#begin) > lostAfter)
        return { none: "lost", message: "nobody has heard of it" };
      await wait(100);
    }
    for (;;) {
      const opening = this.#openings.get(name) ?? this.#open(name);
      const reply = await orAborted(opening.reply, signal);
      if (this.#openings.get(name) !== opening && !signal?.aborted) continue;
      // Asked again next time: a process that is silent may be busy.
      if ("none" in reply && reply.none !== "refused") {
        opening.outdated.abort();
        this.#openings.delete(name);
      }
      return reply;
    }
  }

  #open(name: string): Opening {
    const session = this.#link.roster.seats.get(name)?.hello.session ?? "";
    const known = this.#openings.get(name);
    if (known?.session === session) return known;
    known?.outdated.abort();
    const outdated = new AbortController();
    const reply = this.#tell(name, session, outdated.signal);
    // Whoever needs it is told; nobody may, before the link is closed.
    reply.catch(() => {});
    const opening = { session, reply, outdated };
    this.#openings.set(name, opening);
    this.#states.set(name, "joins");
    return opening;
  }

  async #tell(name: string, session: string, signal: AbortSignal): Promise<Reply<unknown>> {
    const hello = this.#link.roster.seats.get(name)?.hello;
    const problem = hello && versionProblem(hello);
    if (problem !== undefined) return { none: "refused", message: problem };
    const body = this.#bodyFor(name, session);
    return this.#link.ask({ name, kind: "open", body, most: mostSmallBytes, read: (value) => value, signal });
  }
}

/** Late where the signal is aborted first. */
async function orAborted<Value>(reply: Promise<Reply<Value>>, signal: AbortSignal | undefined): Promise<Reply<Value>> {
  if (!signal) return reply;
  if (signal.aborted) return { none: "late" };
  let onAbort = () => {};
  const aborted = new Promise<Reply<Value>>((resolve) => {
    onAbort = () => resolve({ none: "late" });
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([reply, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
