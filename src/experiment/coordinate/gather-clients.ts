import { covarianceOf, type Moments, sumMoments } from "../../data/moments.js";
import { compose, fitTransforms } from "../../data/transforms/index.js";
import { FedscoreError, throwIfAborted } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { gatherMembers } from "../../remote/aggregators/statistics.js";
import type { ClientsLink } from "../../remote/clients/link.js";
import type { Hello } from "../../remote/clients/messages.js";
import { gatherMoments } from "../../remote/clients/statistics.js";
import type { Waiting } from "../../remote/clients/wait-for-clients.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import { dataMoments } from "../prepare/prepare-run.js";
import type { RunClients } from "./clients-file.js";
import { givenStatistics } from "./given-statistics.js";

/**
 * Who the clients are, and the transforms that are fitted from their sums.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where no client gives its sums and something needs them.
 */
export async function fitToClients(
  engine: Engine,
  config: ExperimentConfig,
  link: ClientsLink,
  hellos: readonly Hello[],
  context: Waiting,
): Promise<RunClients> {
  const [{ dimension }] = hellos;
  const clients = (await Promise.all(hellos.map((hello) => clientsBehind(link, hello, context)))).flat();
  const common = { ...link.identity, clients, dimension };
  if (config.transforms.length === 0 && config.network.sigmaData !== undefined) {
    const { sigmaData } = config.network;
    const variance = dimension * sigmaData ** 2;
    const transform = compose(dimension, []).toJSON();
    return { ...common, transform, moments: { dimension, variance, secondMoment: variance } };
  }
  const sums = await sumsOf(link, hellos, dimension, context);
  const transform = inSection("config", () => fitTransforms(engine, config.transforms, sums));
  return { ...common, transform: transform.toJSON(), moments: dataMoments(transform.moments(sums)) };
}

/** The client itself; of an aggregator those that it stands for. @throws FedscoreError FEDSCORE_WORKER where it does not say who they are. */
async function clientsBehind(
  link: ClientsLink,
  { name, rows, heldOut, members }: Hello,
  { signal }: Waiting,
): Promise<RunClients["clients"]> {
  if (members === undefined) return [{ name, rows, heldOut }];
  const [{ reply }] = await gatherMembers(link, [name], signal);
  throwIfAborted(signal);
  if ("none" in reply) {
    const message = `aggregator ${name} does not say who its clients are: ${reply.message ?? `it is ${reply.none}`}`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { aggregator: name });
  }
  const { value } = reply;
  return value.names.map((client, index) => ({
    ...{ name: client, region: name },
    ...{ rows: value.rows[index], heldOut: value.heldOut[index] },
  }));
}

async function sumsOf(
  link: ClientsLink,
  hellos: readonly Hello[],
  dimension: number,
  waiting: Waiting,
): Promise<Moments> {
  const names = hellos.map(({ name }) => name);
  const given = await gatherMoments(link, names, dimension, waiting.signal);
  const missing = {
    of: (name: string) => `the sums of client ${name} are not in the transforms`,
    all: "config.transforms, and network.sigmaData where it is left out, are fitted from the clients' sums, and no client gives them: leave transforms out and set network.sigmaData",
  };
  const total = sumMoments(givenStatistics(given, missing, waiting));
  covarianceOf(total);
  return total;
}
