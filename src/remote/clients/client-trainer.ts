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
import { forwardFlops } from "../../pruning/submodel.js";
import { mostUpdateBytes, readUpdate } from "./answers.js";
import { packBits } from "./bit-set.js";
import type { BlockTrainer, RoundWatch } from "./block-trainer.js";
import type { ClientNumbers } from "./client-numbers.js";
import { foldInTurn } from "./fold-in-turn.js";
import type { ClientsLink, Reply } from "./link.js";
import { Openings } from "./openings.js";
import type { NatsTransportOptions } from "./transport-options.js";

/** Where updates are refused that nobody limits: an update of a network that trains is far smaller. */
export const defaultNorm = 1e6;

/** Whom a trainer asks, and what it believes. */
export interface TrainerOptions extends Pick<NatsTransportOptions, "transform" | "maximumNorm" | "onUpdate"> {
  readonly numbers: ClientNumbers;
}

/** One client's part in a round. */
interface Turn {
  readonly block: Block;
  readonly assignment: ClientAssignment;
  /** The server's, float32 [P]. */
  readonly parameters: Float32Array;
  readonly signal: AbortSignal | undefined;
}

/** Has the clients of one setup train: tells each process of a client of the setup once, and sends each task to its client. */
export class ClientTrainer implements BlockTrainer {
  readonly setup: TrainingSetup;
  readonly #encoding: Encoding | undefined;
  readonly #link: ClientsLink;
  readonly #options: TrainerOptions;
  readonly #openings: Openings;

  constructor(engine: Engine, link: ClientsLink, setup: TrainingSetup, options: TrainerOptions) {
    this.setup = setup;
    this.#link = link;
    const encoding = encodingOf(setup);
    this.#encoding = encoding && createEncoding(engine, encoding);
    this.#options = options;
    const { numbers, transform } = options;
    this.#openings = new Openings(link, numbers.names, (name, session) => ({
      ...{ session, setup, client: numbers.numberOf(name) },
      ...(transform && { transform }),
    }));
  }

  stateOf(name: string): string | undefined {
    return this.#openings.stateOf(name);
  }

  close(): void {
    this.#openings.close();
  }

  async runBlock(block: Block, { parameters }: RoundTask, watch: RoundWatch): Promise<ArrivedUpdate> {
    const names = block.clients.map(({ client }) => this.#nameOf(client));
    const outcomes = block.clients.map(async (assignment, index) => {
      const outcome = await this.#train(names[index], { block, assignment, parameters, signal: watch.signal });
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
    const reply = await this.#ask(name, turn);
    if ("none" in reply) return this.#absence(name, client, reply);
    this.#openings.setState(name, "waits");
    this.#options.onUpdate?.({ round: turn.block.round, ...reply.value });
    return reply.value;
  }

  #ask(name: string, { block, assignment, parameters, signal }: Turn) {
    const { network, training, id } = this.setup;
    const { client, mask, localSteps } = assignment;
    const { round } = block;
    const start = startOf(this.setup, mask, parameters);
    const encoding = this.#encoding;
    const { maximumNorm = defaultNorm } = this.#options;
    const flops = 3 * forwardFlops(network, mask) * rowsOfStep(training) * localSteps;
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

  #absence(
    name: string,
    client: number,
    { none: reason, message }: Exclude<Reply<unknown>, { readonly value: unknown }>,
  ): { absent: AbsentClient } {
    this.#openings.setMissing(name, reason);
    return { absent: { client, reason, ...(message !== undefined && { message }) } };
  }
}
