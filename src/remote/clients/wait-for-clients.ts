import { throwIfAborted } from "../../errors.js";
import { wait } from "../retry.js";
import type { ClientsLink } from "./link.js";
import { type HeldKind, type Hello, rowsHeld } from "./messages.js";
import { versionProblem } from "./roster.js";

/** Milliseconds in which clients that are there join together. */
const settling = 2000;

/** Whom a run takes: anybody, or the clients that it had before it was interrupted. */
export interface Wanted {
  readonly minimum: number;
  readonly known?: { readonly clients: readonly KnownClient[]; readonly dimension: number } | undefined;
  /** Whether aggregators are waited for, and not clients. Default: false. */
  readonly aggregators?: boolean | undefined;
  /** What the clients are to hold. Default: rows of numbers of one dimension. */
  readonly holds?: HeldKind | undefined;
}

/** A client, and the rows that it had when its run began. */
export interface KnownClient {
  readonly name: string;
  readonly rows: number;
  readonly heldOut: number;
}

/** What waiting for clients is told of, and ends with. */
export interface Waiting {
  readonly signal: AbortSignal | undefined;
  readonly onNote: (text: string) => void;
}

/** Who is there now, by name. */
function present({ roster, settings }: ClientsLink, { known, aggregators = false }: Wanted): Hello[] {
  const names = known && new Set(known.clients.map(({ name }) => name));
  return [...roster.seats.values()]
    .map(({ hello }) => hello)
    .filter((hello) => versionProblem(hello) === undefined && (!names || names.has(hello.name)))
    .filter(({ members }) => (members !== undefined) === aggregators)
    .filter(({ name }) => roster.silence(name, 0) < settings.lostAfter)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The dimension that most clients have; of several the one whose first client comes first by name. */
function commonDimension(hellos: readonly Hello[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { dimension } of hellos) if (dimension > 0) counts.set(dimension, (counts.get(dimension) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return hellos.find(({ dimension }) => counts.get(dimension) === most)?.dimension;
}

/** Why a client holds nothing that a run could want, whoever else comes; undefined where it does. */
function wrongKind(hello: Hello, holds: HeldKind): string | undefined {
  if (holds === "table") return hello.table ? undefined : "it holds no table";
  return hello.dimension > 0 ? undefined : 'it holds a table, which is for config.data of kind "table"';
}

/**
 * Waits until at least so many clients are there who hold what is wanted, and who else comes with them.
 * @throws FedscoreError FEDSCORE_ABORTED; FEDSCORE_DENIED where the server does not let this side go on.
 */
export async function waitForClients(
  link: ClientsLink,
  wanted: Wanted,
  { signal, onNote }: Waiting,
): Promise<readonly Hello[]> {
  const { minimum, known, holds = "numbers" } = wanted;
  const leftOut = new Set<string>();
  const leaveOut = ({ name }: Hello, problem: string | undefined) => {
    if (problem === undefined || leftOut.has(name)) return;
    leftOut.add(name);
    onNote(`client ${name} is left out: ${problem}`);
  };
  const look = () => {
    const all = present(link, wanted);
    for (const hello of all) leaveOut(hello, wrongKind(hello, holds));
    const hellos = all.filter((hello) => wrongKind(hello, holds) === undefined);
    const dimension = known?.dimension ?? commonDimension(hellos);
    const fits = (hello: Hello) => holds === "table" || hello.dimension === dimension;
    return { hellos, dimension, fitting: hellos.filter(fits) };
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
  if (fitting.length < minimum) return waitForClients(link, wanted, { signal, onNote });
  for (const hello of hellos)
    if (!fitting.includes(hello))
      leaveOut(hello, `its rows have ${hello.dimension} numbers, those of the others ${dimension}`);
  if (known) tellOfChanges(fitting, known, holds, onNote);
  return fitting;
}

/** A run keeps the weights that its clients had when it began. */
function tellOfChanges(
  hellos: readonly Hello[],
  { clients }: NonNullable<Wanted["known"]>,
  holds: HeldKind,
  onNote: Waiting["onNote"],
): void {
  const before = new Map(clients.map((client) => [client.name, client]));
  for (const hello of hellos) {
    const { name } = hello;
    const { rows, heldOut } = rowsHeld(hello, holds);
    const was = before.get(name);
    if (!was || (was.rows === rows && was.heldOut === heldOut)) continue;
    onNote(
      `client ${name} has ${rows} rows and holds out ${heldOut}, where it had ${was.rows} and ${was.heldOut} when the run began: its weight stays`,
    );
  }
}
