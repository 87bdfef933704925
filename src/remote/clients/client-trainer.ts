import type { ClientOutcome } from "../../federation/block-fold.js";
import { createEncoding, type Encoding } from "../../federation/encodings/index.js";
import type { AbsentClient, Block, ClientAssignment, TrainingSetup } from "../../federation/messages.js";
import { encodingOf, startOf } from "../../federation/start-of.js";
import type { Engine } from "../../kernels/index.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import { gatherKept } from "../../pruning/kept-entries.js";
import { forwardFlops } from "../../pruning/submodel.js";
import { wait } from "../retry.js";
import { mostSmallBytes, mostUpdateBytes, readUpdate } from "./answers.js";
import { packBits } from "./bit-set.js";
import type { ClientsLink, Reply } from "./link.js";
import { versionProblem } from "./roster.js";
import type { NatsTransportOptions } from "./transport-options.js";

/** Where updates are refused that nobody limits: an update of a network that trains is far smaller. */
const defaultNorm = 1e6;

/** A process of a client that is told of the setup. */
interface Opening {
  readonly session: string;
  readonly reply: Promise<Reply<unknown>>;
  /** Another process of the client is there. */
  readonly outdated: AbortController;
}

/** Has the clients of one setup train: tells each process of a client of the setup once, and sends each task to its client. */
export class ClientTrainer {
  readonly setup: TrainingSetup;
  readonly #encoding: Encoding | undefined;
  readonly #link: ClientsLink;
  readonly #options: NatsTransportOptions;
  readonly #openings = new Map<string, Opening>();
  readonly #states = new Map<string, string>();
  readonly #begin = performance.now();

  constructor(engine: Engine, link: ClientsLink, setup: TrainingSetup, options: NatsTransportOptions) {
    this.setup = setup;
    this.#link = link;
    const encoding = encodingOf(setup);
    this.#encoding = encoding && createEncoding(engine, encoding);
    this.#options = options;
    link.roster.onSession = (name) => {
      if (options.clients.includes(name)) this.#open(name);
    };
    for (const name of options.clients) if (link.roster.seats.has(name)) this.#open(name);
  }

  /** What a client does now, in a word or two. */
  stateOf(name: string): string | undefined {
    return this.#states.get(name);
  }

  close(): void {
    this.#link.roster.onSession = () => {};
    for (const { outdated } of this.#openings.values()) outdated.abort();
  }

  /** A client that gives nothing is absent, with its reason. @throws as `ClientsLink.ask`. */
  async train(
    block: Block,
    assignment: ClientAssignment,
    parameters: Float32Array,
    signal: AbortSignal | undefined,
  ): Promise<ClientOutcome> {
    const { client } = assignment;
    const name = this.#options.clients[client];
    const opened = await this.#opened(name, signal);
    if ("none" in opened) return this.#absence(client, opened);
    this.#states.set(name, "trains");
    const reply = await this.#ask(name, block, assignment, parameters, signal);
    if ("none" in reply) return this.#absence(client, reply);
    this.#states.set(name, "waits");
    this.#options.onUpdate?.({ round: block.round, ...reply.value });
    return reply.value;
  }

  #ask(name: string, block: Block, assignment: ClientAssignment, parameters: Float32Array, signal?: AbortSignal) {
    const { network, training, id } = this.setup;
    const { client, mask, localSteps } = assignment;
    const { round } = block;
    const start = startOf(this.setup, mask, parameters);
    const encoding = this.#encoding;
    const { maximumNorm = defaultNorm } = this.#options;
    const flops = 3 * forwardFlops(network, mask) * training.batchSize * localSteps;
    const compiled = compileMask(network, mask);
    const keep = mask.kind === "unstructured" && { keep: packBits(mask.keep) };
    return this.#link.ask({
      ...{ name, kind: "train", signal },
      body: {
        ...{ setup: id, round, client, localSteps, ...keep },
        ...{ network: compiled.spec, parameters: gatherKept(compiled, parameters) },
      },
      most: mostUpdateBytes(start.length, encoding),
      read: (value) => readUpdate(value, { client, round, localSteps, start, encoding, flops, maximumNorm }),
    });
  }

  /** Whether the client's process knows the setup, once there is one. */
  async #opened(name: string, signal: AbortSignal | undefined): Promise<Reply<unknown>> {
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
    // Whoever needs the client is told; nobody may, before the link is closed.
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
    const { transform, clients } = this.#options;
    const body = { session, setup: this.setup, client: clients.indexOf(name), ...(transform && { transform }) };
    return this.#link.ask({ name, kind: "open", body, most: mostSmallBytes, read: (value) => value, signal });
  }

  #absence(client: number, reply: Exclude<Reply<unknown>, { readonly value: unknown }>): { absent: AbsentClient } {
    const { none: reason, message } = reply;
    this.#states.set(this.#options.clients[client], reason === "refused" ? "refuses" : `is ${reason}`);
    return { absent: { client, reason, ...(message !== undefined && { message }) } };
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
