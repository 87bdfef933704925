import { FedscoreError } from "../../errors.js";
import type { AbsentClient, ArrivedUpdate, Block, RoundTask, TrainingSetup } from "../../federation/messages.js";
import { defaultNorm } from "../clients/answers.js";
import type { BlockTrainer, RoundWatch } from "../clients/block-trainer.js";
import type { ClientsLink, Reply } from "../clients/link.js";
import { Openings } from "../clients/openings.js";
import type { NatsTransportOptions } from "../clients/transport-options.js";
import { encodeBlock, mostBlockBytes, readBlockUpdate } from "./messages.js";
import type { Region } from "./regions.js";

/** Whom it asks, and what it believes. */
export interface RegionTrainerOptions extends Pick<NatsTransportOptions, "transform" | "maximumNorm"> {
  readonly regions: readonly Region[];
}

/** Has the clients of each region train by its aggregator, which answers with the sum of their updates. */
export class RegionTrainer implements BlockTrainer {
  readonly setup: TrainingSetup;
  readonly #link: ClientsLink;
  readonly #options: RegionTrainerOptions;
  readonly #openings: Openings;

  constructor(link: ClientsLink, setup: TrainingSetup, options: RegionTrainerOptions) {
    this.setup = setup;
    this.#link = link;
    this.#options = options;
    const { regions, transform } = options;
    const known = new Map(regions.map((region) => [region.name, region]));
    this.#openings = new Openings(link, [...known.keys()], (name, session) => {
      const { first, clients } = known.get(name) ?? {};
      return { session, setup, first, clients, ...(transform && { transform }) };
    });
  }

  stateOf(name: string): string | undefined {
    return this.#openings.stateOf(name);
  }

  close(): void {
    this.#openings.close();
  }

  async runBlock(block: Block, round: RoundTask, { signal, onUnanswered }: RoundWatch): Promise<ArrivedUpdate> {
    const { name } = this.#regionOf(block, round.blocks);
    const opened = await this.#openings.opened(name, signal);
    if ("none" in opened) return this.#missing(block, name, opened, onUnanswered);
    this.#openings.setState(name, "trains");
    const { network, id } = this.setup;
    const { maximumNorm = defaultNorm } = this.#options;
    const reply = await this.#link.ask({
      ...{ name, kind: "block", signal, body: encodeBlock(id, block, round), most: mostBlockBytes(network, block) },
      read: (value) => readBlockUpdate(value, { network, block, maximumNorm }),
    });
    if ("none" in reply) return this.#missing(block, name, reply, onUnanswered);
    this.#openings.setState(name, "waits");
    return reply.value;
  }

  /** @throws FedscoreError FEDSCORE_UNSUPPORTED where the blocks of the federation are not those of the regions. */
  #regionOf({ clients }: Block, blocks: readonly Block[]): Region {
    const { regions } = this.#options;
    const [{ client }] = clients;
    const isIn =
      (number: number) =>
      ({ first, clients: { length } }: Region) =>
        number >= first && number < first + length;
    const region = regions.find(isIn(client));
    const whole = region && isIn(clients[clients.length - 1].client)(region);
    const others = blocks.filter((block) => region && isIn(block.clients[0].client)(region)).length;
    if (region && whole && others === 1) return region;
    const sizes = regions.map(({ clients: { length } }) => length).join(", ");
    const message = `the federation must have the regions of the aggregators: regions: [${sizes}]`;
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { client });
  }

  #missing(
    { id, round, block, clients }: Block,
    name: string,
    { none: reason, message }: Exclude<Reply<unknown>, { readonly value: unknown }>,
    onUnanswered: (name: string) => void,
  ): ArrivedUpdate {
    this.#openings.setMissing(name, reason);
    onUnanswered(name);
    const why = message === undefined ? `its aggregator ${name} is ${reason}` : `its aggregator ${name}: ${message}`;
    const absent = clients.map(({ client }): AbsentClient => ({ client, reason, message: why }));
    return { id, round, block, sum: new Float32Array(0), reports: [], absent };
  }
}
