import { ArgumentError, FedscoreError } from "../errors.js";
import { finiteReports } from "./finite-reports.js";
import type { ClientReport, ClientState } from "./messages.js";

/** The vectors that clients may carry, and what messages call them. */
export const carriedNames = { residual: "residual", control: "control variate" } as const;

export type Carried = keyof typeof carriedNames;

/** What checkpoints call all of them. */
export function arrayNameOf(name: Carried): string {
  return `${name}s`;
}

/** What clients carry, by client: those that have taken part, all of whom carry the same. */
export type ClientStates = ReadonlyMap<number, ClientState>;

/** What a round says of them. */
export interface RoundStates {
  readonly round: number;
  readonly reports: readonly ClientReport[];
  /** Of the clients of the round whose update was finite. */
  readonly states: ClientStates;
}

/**
 * The states after a round: of clients that took no part, or whose update was lost or not finite, those from before.
 * @param carried what each client carries.
 * @throws FedscoreError FEDSCORE_WORKER where a client's update came without one of them.
 */
export function statesAfter(
  before: ClientStates,
  carried: readonly Carried[],
  { round, reports, states }: RoundStates,
): ClientStates {
  for (const { client } of finiteReports(reports)) {
    const lost = carried.find((name) => states.get(client)?.[name] === undefined);
    if (lost === undefined) continue;
    const message = `round ${round}: the update of client ${client} came without its ${carriedNames[lost]}`;
    throw new FedscoreError("FEDSCORE_WORKER", message, { round, client });
  }
  return new Map([...before, ...states]);
}

/** Most bytes of the states of all clients. */
const mostBytes = 2 ** 32;

/**
 * Throws where what clients carry would not fit the server's memory.
 * @param argument the setting that makes clients carry it.
 */
export function requireRoom(argument: string, value: unknown, clients: number, parameters: number): void {
  const most = Math.floor(mostBytes / (4 * parameters));
  if (clients <= most) return;
  const rule = `makes the server keep 4 bytes for each of ${parameters} parameters and ${clients} clients: it goes with at most ${most} clients`;
  throw new ArgumentError(argument, rule, value);
}
