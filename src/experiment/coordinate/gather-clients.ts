import { covarianceOf, type Moments, sumMoments } from "../../data/moments.js";
import { compose, fitTransforms } from "../../data/transforms/index.js";
import { FedscoreError, throwIfAborted } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import type { ClientsLink } from "../../remote/clients/link.js";
import type { Hello } from "../../remote/clients/messages.js";
import { versionProblem } from "../../remote/clients/roster.js";
import { gatherMoments } from "../../remote/clients/statistics.js";
import { wait } from "../../remote/retry.js";
import type { ExperimentConfig } from "../config/schema.js";
import { inSection } from "../config/section.js";
import { dataMoments } from "../prepare/prepare-run.js";
import type { RunClients } from "./clients-file.js";

/** Milliseconds in which clients that are there join together. */
const settling = 2000;

/** Whom a run takes: anybody, or the clients that it had before it was interrupted. */
export interface Wanted {
  readonly minimum: number;
  readonly known?: Pick<RunClients, "clients" | "dimension"> | undefined;
}

interface Context {
  readonly signal: AbortSignal | undefined;
  readonly onNote: (text: string) => void;
}

/** Who is there now, by name. */
function present({ roster, settings }: ClientsLink, known: Wanted["known"]): Hello[] {
  const names = known && new Set(known.clients.map(({ name }) => name));
  return [...roster.seats.values()]
    .map(({ hello }) => hello)
    .filter((hello) => versionProblem(hello) === undefined && (!names || names.has(hello.name)))
    .filter(({ name }) => roster.silence(name, 0) < settings.lostAfter)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The dimension that most clients have; of several the one whose first client comes first by name. */
function commonDimension(hellos: readonly Hello[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { dimension } of hellos) counts.set(dimension, (counts.get(dimension) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return hellos.find(({ dimension }) => counts.get(dimension) === most)?.dimension;
}

/**
 * Waits until at least so many clients are there whose rows have one dimension, and who else comes with them.
 * @throws FedscoreError FEDSCORE_ABORTED; FEDSCORE_DENIED where the server does not let this side go on.
 */
export async function waitForClients(
  link: ClientsLink,
  { minimum, known }: Wanted,
  { signal, onNote }: Context,
): Promise<readonly Hello[]> {
  const look = () => {
    const hellos = present(link, known);
    const dimension = known?.dimension ?? commonDimension(hellos);
    return { hellos, dimension, fitting: hellos.filter((hello) => hello.dimension === dimension) };
  };
  let told = -1;
  for (;;) {
    throwIfAborted(signal);
    link.throwIfDenied();
    const here = look().fitting.length;
    if (here >= minimum) break;
    if (here !== told)
      onNote(`${here} of ${minimum} clients are there: fedscore join --server URL --data FILE --as NAME`);
    told = here;
    await wait(200);
  }
  await wait(settling);
  throwIfAborted(signal);
  const { hellos, dimension, fitting } = look();
  if (fitting.length < minimum) return waitForClients(link, { minimum, known }, { signal, onNote });
  for (const hello of hellos) {
    if (hello.dimension !== dimension)
      onNote(
        `client ${hello.name} is left out: its rows have ${hello.dimension} numbers, those of the others ${dimension}`,
      );
  }
  if (known) tellOfChanges(fitting, known, onNote);
  return fitting;
}

/** A run keeps the weights that its clients had when it began. */
function tellOfChanges(
  hellos: readonly Hello[],
  { clients }: NonNullable<Wanted["known"]>,
  onNote: Context["onNote"],
): void {
  const before = new Map(clients.map((client) => [client.name, client]));
  for (const { name, rows, heldOut } of hellos) {
    const was = before.get(name);
    if (!was || (was.rows === rows && was.heldOut === heldOut)) continue;
    onNote(
      `client ${name} has ${rows} rows and holds out ${heldOut}, where it had ${was.rows} and ${was.heldOut} when the run began: its weight stays`,
    );
  }
}

/**
 * Who the clients are, and the transforms that are fitted from their sums.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED where no client gives its sums and something needs them.
 */
export async function fitToClients(
  engine: Engine,
  config: ExperimentConfig,
  link: ClientsLink,
  hellos: readonly Hello[],
  context: Context,
): Promise<RunClients> {
  const [{ dimension }] = hellos;
  const clients = hellos.map(({ name, rows, heldOut }) => ({ name, rows, heldOut }));
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

async function sumsOf(
  link: ClientsLink,
  hellos: readonly Hello[],
  dimension: number,
  { signal, onNote }: Context,
): Promise<Moments> {
  const names = hellos.map(({ name }) => name);
  const given = await gatherMoments(link, names, dimension, signal);
  throwIfAborted(signal);
  for (const { name, reply } of given) {
    if ("none" in reply)
      onNote(`the sums of client ${name} are not in the transforms: ${reply.message ?? `it is ${reply.none}`}`);
  }
  const sums = given.flatMap(({ reply }) => ("value" in reply ? [reply.value] : []));
  if (sums.length === 0) {
    const message =
      "config.transforms, and network.sigmaData where it is left out, are fitted from the clients' sums, and no client gives them: leave transforms out and set network.sigmaData";
    throw new FedscoreError("FEDSCORE_UNSUPPORTED", message);
  }
  const total = sumMoments(sums);
  covarianceOf(total);
  return total;
}
