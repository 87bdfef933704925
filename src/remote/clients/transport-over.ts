import { FedscoreError } from "../../errors.js";
import type { TrainingSetup } from "../../federation/messages.js";
import type { Engine } from "../../kernels/index.js";
import { RegionTrainer } from "../aggregators/region-trainer.js";
import { regionsOf } from "../aggregators/regions.js";
import { gatherRegionLosses } from "../aggregators/statistics.js";
import { encodeMessage } from "../codec.js";
import { shownServer } from "../server-address.js";
import { sha256 } from "../sha256.js";
import type { BlockTrainer } from "./block-trainer.js";
import { ClientNumbers } from "./client-numbers.js";
import { ClientTrainer } from "./client-trainer.js";
import { evaluationOf } from "./evaluation.js";
import type { ClientsLink } from "./link.js";
import type { NatsTransport } from "./remote-transport.js";
import { runRound } from "./run-round.js";
import { gatherLosses } from "./statistics.js";
import type { NatsTransportOptions } from "./transport-options.js";

/** What `natsTransport` gives, over a link that is open, which the transport closes. */
export function transportOver(engine: Engine, link: ClientsLink, options: NatsTransportOptions): NatsTransport {
  const { clients, aggregators, server, table } = options;
  const name = `clients by nats (${shownServer(server)})`;
  const numbers = new ClientNumbers(clients);
  const regions = aggregators && regionsOf(clients, aggregators);
  const asked = regions ? regions.flatMap((region) => region.clients.map(() => region.name)) : clients;
  const of = table ? "table" : "numbers";
  const absences = new Map<number, number>();
  let trainer: BlockTrainer | undefined;
  let setupId: string | undefined;
  let last: TrainingSetup | undefined;
  return {
    name,
    identity: link.identity,
    get refused() {
      return link.refusals.list();
    },
    get late() {
      return link.late;
    },
    get bytes() {
      return { ...link.bytes };
    },
    clientStatus: () =>
      clients.map((each, client) => ({
        name: regions ? `${asked[client]}/${each}` : each,
        state: link.roster.seats.has(asked[client]) ? (trainer?.stateOf(asked[client]) ?? "waits") : "was never there",
        lastSeen: link.roster.seats.get(asked[client])?.date ?? null,
        absent: absences.get(client) ?? 0,
      })),
    async evaluate(parameters, signal) {
      if (!last) throw new FedscoreError("FEDSCORE_UNSUPPORTED", `${name}: no federation has trained here yet`);
      if (regions) return gatherRegionLosses(link, regions, last, parameters, signal);
      const given = await gatherLosses(link, clients, { setup: last, parameters, of }, signal);
      return given.map(({ reply }, client) => evaluationOf(client, reply));
    },
    async open(setup: TrainingSetup) {
      requireNoData(name, setup);
      if (setupId !== undefined) {
        const message = `${name}: one federation at a time`;
        throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { setup: setup.id });
      }
      setupId = setup.id;
      last = await asTold(setup);
      trainer = regions
        ? new RegionTrainer(link, last, { ...options, regions })
        : new ClientTrainer(engine, link, last, { ...options, numbers });
    },
    async forget(setup: string) {
      if (setupId !== setup) return;
      setupId = undefined;
      trainer?.close();
      trainer = undefined;
    },
    async *run(round, signal) {
      if (round.blocks.length === 0) return;
      const [{ setup }] = round.blocks;
      if (!trainer || setupId !== setup)
        throw new FedscoreError("FEDSCORE_WORKER", `blocks of ${setup} came before their setup`, { setup });
      for await (const update of runRound(link, trainer, round, signal)) {
        for (const { client } of update.absent ?? []) absences.set(client, (absences.get(client) ?? 0) + 1);
        yield update;
      }
    },
    close: () => link.close(true),
  };
}

/** The setup under a name that is a function of its content: a coordinator that starts again, after whatever else, tells the same. */
async function asTold(setup: TrainingSetup): Promise<TrainingSetup> {
  const digest = await sha256(encodeMessage({ ...setup, id: "" }));
  return { ...setup, id: digest.slice(0, 32) };
}

function requireNoData(name: string, { id, points }: TrainingSetup): void {
  if (points === undefined) return;
  const message = `${name}: this federation has points, which clients would have to be sent: give it none, and each client a rowCount`;
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", message, { setup: id });
}
