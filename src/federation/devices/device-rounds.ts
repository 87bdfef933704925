import type { Engine } from "../../kernels/index.js";
import { rowsOfStep } from "../../network/privacy.js";
import type { ClientPrivacy } from "../client-privacy/settings.js";
import type { ClientAssignment } from "../messages.js";
import type { CompleteOptions } from "../options.js";
import { selectParticipants } from "../participation.js";
import { type AskedRound, byClient, type RoundPart, type StartingPoint, type VirtualState } from "./asked-round.js";
import { fillBuffer } from "./buffered-round.js";
import { dealProfiles } from "./deal-profiles.js";
import type { DeviceClock } from "./device-clock.js";
import type { Fleet } from "./flights.js";
import type { CompleteAsynchronous, CompleteDevices } from "./options.js";
import type { DeviceProfile } from "./profile.js";
import { presenceIn, timeRound } from "./timed-round.js";
import { createVirtualClock } from "./virtual-clock.js";
import { WorkCounter, type WorkSettings } from "./work.js";

/** What decides the rounds of devices. */
export interface DeviceRoundsSettings extends WorkSettings {
  readonly seed: number;
  /** Clients of the federation. */
  readonly clients: number;
  readonly participation: number;
  /** Fewest clients that a round begins with. */
  readonly leastUpdates: number;
  /** Absent: clients are not protected. */
  readonly privacy?: ClientPrivacy | undefined;
  readonly devices: CompleteDevices;
  readonly asynchronous?: CompleteAsynchronous | undefined;
}

/** The assignments of clients that start from some parameters, in ascending client id. */
export type Assign = (at: StartingPoint, clients: ArrayLike<number>) => readonly ClientAssignment[];

/** Those of a run with these options. */
export function openDeviceRounds(
  engine: Engine,
  options: CompleteOptions & Required<Pick<CompleteOptions, "devices">>,
  known: Pick<DeviceRoundsSettings, "downlink" | "leastUpdates">,
): DeviceRounds {
  const { clients, training } = options;
  return new DeviceRounds(engine, { ...options, clients: clients.length, stepRows: rowsOfStep(training), ...known });
}

/** Who takes part in rounds whose time is virtual, and whose updates come. */
export class DeviceRounds {
  readonly #engine: Engine;
  readonly #settings: DeviceRoundsSettings;
  readonly #clock: DeviceClock;
  readonly #work: WorkCounter;
  /** Profile of each client. */
  readonly #dealt: Uint32Array;
  /** Of asynchronous rounds: the assignments of all clients, by what they start from. */
  readonly #assigned = new WeakMap<StartingPoint, readonly ClientAssignment[]>();

  constructor(engine: Engine, settings: DeviceRoundsSettings) {
    const { devices, seed, clients } = settings;
    this.#engine = engine;
    this.#settings = settings;
    this.#clock = devices.clock ?? createVirtualClock(engine, seed);
    this.#work = new WorkCounter(engine, settings);
    this.#dealt = dealProfiles(devices.profiles, clients);
  }

  profileOf(client: number): DeviceProfile {
    return this.#settings.devices.profiles[this.#dealt[client]];
  }

  /** The next round: who is asked, who trains from where, and how much time passes. Where clients are protected all of them are, of whom some are drawn afterwards. */
  ask(state: VirtualState, server: StartingPoint, assign: Assign): AskedRound {
    const { asynchronous } = this.#settings;
    return asynchronous ? this.#buffered(asynchronous, state, server, assign) : this.#timed(state, server, assign);
  }

  #fleet(assignmentOf: (client: number, round: number) => ClientAssignment): Fleet {
    return {
      clock: this.#clock,
      profileOf: (client) => this.profileOf(client),
      workOf: (client, round) => this.#work.of(assignmentOf(client, round)),
    };
  }

  #timed({ now: start, ...state }: VirtualState, server: StartingPoint, assign: Assign): AskedRound {
    const { seed, clients, participation, leastUpdates, privacy, devices } = this.#settings;
    const { round } = server;
    const byId = new Map<number, ClientAssignment>();
    const fleet = this.#fleet((client) => entryOf(byId, client));
    // Times that are told must not follow from who was drawn: a private round lasts as if all clients took part.
    const ids = privacy
      ? Array.from({ length: clients }, (_, client) => client)
      : selectParticipants(this.#engine, clients, participation, seed, round);
    const wanted = privacy ? 0 : leastUpdates;
    const { present, away, attempt } = presenceIn(fleet, { round, start, wanted }, ids);
    const asked = assign(server, present);
    for (const assignment of asked) byId.set(assignment.client, assignment);
    const { absent, virtual } = timeRound(fleet, { round, start, attempt }, present, devices);
    const without = new Set(absent.map(({ client }) => client));
    const assignments = asked.filter(({ client }) => !without.has(client));
    return {
      asked,
      parts: assignments.length === 0 ? [] : [{ round, parameters: server.parameters, assignments }],
      absent: [...absent, ...away.map((client) => ({ client, reason: "lost" as const }))].sort(byClient),
      virtual,
      next: { ...state, now: virtual.end },
    };
  }

  #buffered(
    asynchronous: CompleteAsynchronous,
    state: VirtualState,
    server: StartingPoint,
    assign: Assign,
  ): AskedRound {
    const { seed, clients } = this.#settings;
    const { round } = server;
    const here = copyOf(server);
    const startOf = (of: number) => (of === round ? here : entryOf(state.starts, of));
    const assignmentOf = (client: number, of: number) => this.#assignments(startOf(of), assign)[client];
    const settings = { ...asynchronous, seed, clients };
    const from = { round, start: state.now, flights: state.flights };
    const filled = fillBuffer(this.#engine, this.#fleet(assignmentOf), settings, from);
    const { updates, absent, started, flights, virtual } = filled;
    const parts = distinct(updates.map((update) => update.round)).map((of): RoundPart => {
      const factor = asynchronous.staleness === "sqrt" ? 1 / Math.sqrt(1 + round - of) : 1;
      const assignments = updates
        .filter((update) => update.round === of)
        .map(({ client }) => assignmentOf(client, of))
        .map((assignment) => ({ ...assignment, weight: factor * assignment.weight }));
      return { ...startOf(of), assignments };
    });
    const starts = distinct(flights.map((flight) => flight.round)).map((of) => [of, startOf(of)] as const);
    return {
      asked: [...started].map(([client, of]) => assignmentOf(client, of)).sort(byClient),
      ...{ parts, absent, virtual, next: { now: virtual.end, flights, starts: new Map(starts) } },
    };
  }

  /** Of all clients, by id. */
  #assignments(at: StartingPoint, assign: Assign): readonly ClientAssignment[] {
    const all = { length: this.#settings.clients };
    const assigned =
      this.#assigned.get(at) ??
      assign(
        at,
        Uint32Array.from(all, (_, client) => client),
      );
    this.#assigned.set(at, assigned);
    return assigned;
  }
}

/** The server's vectors are used again. */
function copyOf({ round, parameters, update }: StartingPoint): StartingPoint {
  return { round, parameters: parameters.slice(), ...(update && { update: update.slice() }) };
}

function distinct(rounds: readonly number[]): number[] {
  return [...new Set(rounds)].sort((a, b) => a - b);
}

function entryOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nothing is kept of ${String(key)}`);
  return value;
}
