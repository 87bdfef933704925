import { ArgumentError } from "../../errors.js";
import { BlockFold, type ClientOutcome } from "../../federation/block-fold.js";
import { createEncoding, type Encoding } from "../../federation/encodings/index.js";
import type {
  AbsentClient,
  ArrivedUpdate,
  Block,
  ClientAssignment,
  RoundTask,
  TrainingSetup,
} from "../../federation/messages.js";
import { encodingOf, startOf } from "../../federation/start-of.js";
import type { Engine } from "../../kernels/index.js";
import { rowsOfStep } from "../../network/privacy.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import { gatherKept } from "../../pruning/kept-entries.js";
import { type ClientUpdate, defaultNorm, mostUpdateBytes, readUpdate } from "./answers.js";
import { packBits } from "./bit-set.js";
import type { BlockTrainer, RoundWatch } from "./block-trainer.js";
import type { ClientNumbers } from "./client-numbers.js";
import { foldInTurn } from "./fold-in-turn.js";
import type { ClientsLink, Reply } from "./link.js";
import { Openings } from "./openings.js";
import type { NatsTransportOptions } from "./transport-options.js";

/** Whom a trainer asks, and what it believes. */
export interface TrainerOptions extends Pick<NatsTransportOptions, "transform" | "table" | "maximumNorm" | "onUpdate"> {
  readonly numbers: ClientNumbers;
}

/** One client's part in a round. */
interface Turn {
  readonly block: Block;
  readonly assignment: ClientAssignment;
  /** See RoundTask. */
  readonly parameters: Float32Array;
  readonly control: Float32Array | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A control variate that a client has given, and keeps as long as its process lives. */
interface HeldControl {
  readonly session: string | undefined;
  readonly round: number;
  /** float32 [kept]. */
  readonly control: Float32Array;
}

/** Has the clients of one setup train: tells each process of a client of the setup once, and sends each task to its client. */
export class ClientTrainer implements BlockTrainer {
  readonly setup: TrainingSetup;
  readonly #engine: Engine;
  readonly #encodings = new Map<boolean, Encoding | undefined>();
  readonly #held = new Map<string, HeldControl>();
  readonly #link: ClientsLink;
  readonly #options: TrainerOptions;
  readonly #openings: Openings;

  constructor(engine: Engine, link: ClientsLink, setup: TrainingSetup, options: TrainerOptions) {
    this.setup = setup;
    this.#engine = engine;
    this.#link = link;
    this.#options = options;
    const { numbers, transform, table } = options;
    this.#openings = new Openings(link, numbers.names, (name, session) => ({
      ...{ session, setup, client: numbers.numberOf(name) },
      ...(transform && { transform }),
      ...(table && { table }),
    }));
  }

  stateOf(name: string): string | undefined {
    return this.#openings.stateOf(name);
  }

  close(): void {
    this.#openings.close();
  }

  async runBlock(block: Block, { parameters, control }: RoundTask, watch: RoundWatch): Promise<ArrivedUpdate> {
    const names = block.clients.map(({ client }) => this.#nameOf(client));
    const outcomes = block.clients.map(async (assignment, index) => {
      const outcome = await this.#train(names[index], { block, assignment, parameters, control, signal: watch.signal });
      if ("absent" in outcome) watch.onUnanswered(names[index]);
      return outcome;
    });
    return foldInTurn(new BlockFold(this.setup, parameters, block), outcomes);
  }

  #nameOf(client: number): string {
    const { numbers } = this.#options;
    const name = numbers.nameOf(client);
    if (name === undefined) throw new ArgumentError("clients", `must name client ${client}`, numbers.names.length);
    return name;
  }

  async #train(name: string, turn: Turn): Promise<ClientOutcome> {
    const { client } = turn.assignment;
    const opened = await this.#openings.opened(name, turn.signal);
    if ("none" in opened) return this.#absence(name, client, opened);
    this.#openings.setState(name, "trains");
    const reply = await this.#updateOf(name, turn);
    if ("none" in reply) return this.#absence(name, client, reply);
    this.#openings.setState(name, "waits");
    this.#options.onUpdate?.({ round: turn.block.round, ...reply.value });
    return reply.value;
  }

  /** A client that no longer has what it is taken to have says so, and is sent it. */
  async #updateOf(name: string, turn: Turn): Promise<Reply<ClientUpdate>> {
    const { assignment, block } = turn;
    const { mask, state } = assignment;
    const own = state?.control && gatherKept(compileMask(this.setup.network, mask), state.control);
    const given = own && this.#givenIn(name, own);
    let reply = await this.#ask(name, turn, given ?? own);
    if (given !== undefined && "none" in reply && reply.none === "refused") {
      this.#held.delete(name);
      reply = await this.#ask(name, turn, own);
    }
    const control = "value" in reply && reply.value.control;
    if (control) this.#held.set(name, { session: this.#sessionOf(name), round: block.round, control });
    return reply;
  }

  /** The round in which the client's process gave this control variate, where it did. */
  #givenIn(name: string, own: Float32Array): number | undefined {
    const held = this.#held.get(name);
    return held && held.session === this.#sessionOf(name) && isSame(held.control, own) ? held.round : undefined;
  }

  #sessionOf(name: string): string | undefined {
    return this.#link.roster.seats.get(name)?.hello.session;
  }

  /** @param own float32 [kept]: the client's control variate, or the round in which it gave it. */
  #ask(
    name: string,
    { block, assignment, parameters, control, signal }: Turn,
    own: Float32Array | number | undefined,
  ): Promise<Reply<ClientUpdate>> {
    const { network, training, id } = this.setup;
    const { client, mask, localSteps, weight } = assignment;
    const { round, clipNorm } = block;
    const clips = clipNorm !== undefined;
    const start = startOf(this.setup, mask, parameters, clips);
    const encoding = this.#encoding(clips);
    const controls = control !== undefined;
    const { maximumNorm = defaultNorm } = this.#options;
    const flops = 3 * compileMask(network, mask).forwardFlops * rowsOfStep(training) * localSteps;
    const compiled = compileMask(network, mask);
    const keep = mask.kind === "unstructured" && { keep: packBits(mask.keep) };
    return this.#link.ask({
      ...{ name, kind: "train", signal },
      body: {
        ...{ setup: id, round, client, localSteps, ...keep },
        ...{ network: compiled.spec, parameters: gatherKept(compiled, parameters) },
        ...(clips && { clipNorm: clipNorm / weight }),
        ...(controls && { control: gatherKept(compiled, control), ...(own !== undefined && { own }) }),
      },
      most: mostUpdateBytes(start.length, encoding, controls),
      read: (value) =>
        readUpdate(value, { client, round, localSteps, start, encoding, flops, maximumNorm, clips, controls }),
    });
  }

  #encoding(clips: boolean): Encoding | undefined {
    if (!this.#encodings.has(clips)) {
      const encoding = encodingOf(this.setup, clips);
      this.#encodings.set(clips, encoding && createEncoding(this.#engine, encoding));
    }
    return this.#encodings.get(clips);
  }

  #absence(
    name: string,
    client: number,
    { none: reason, message }: Exclude<Reply<unknown>, { readonly value: unknown }>,
  ): { absent: AbsentClient } {
    this.#openings.setMissing(name, reason);
    return { absent: { client, reason, ...(message !== undefined && { message }) } };
  }
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
