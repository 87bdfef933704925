import { ArgumentError } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import type { Mask } from "../../pruning/mask.js";
import { Aggregator } from "../aggregator.js";
import { largestClientOf, requireClientMemory } from "../client-memory.js";
import { rowCountsOf } from "../client-rows.js";
import type { ClientAssignment } from "../messages.js";
import { type CompleteOptions, completeOptions, type FederationOptions } from "../options.js";
import { openDownlink } from "../traffic.js";
import { virtualStart } from "./asked-round.js";
import { dealProfiles } from "./deal-profiles.js";
import { openDeviceRounds } from "./device-rounds.js";
import { type ClientLoad, ClientNeeds, type DeviceNeeds, fitClients, mostRows } from "./fit.js";
import type { CompleteDevices } from "./options.js";
import { emptyTotals, type VirtualTotals, withRound } from "./virtual-totals.js";

/** What clients with one kind of device have to do in a round, where nothing is in their way. */
export interface PlannedClass extends DeviceNeeds {
  readonly name: string;
  /** Clients that have it. */
  readonly clients: number;
  /** The largest of theirs, in round 0. */
  readonly keepRatio: number;
  /** Bytes that the device has for it. */
  readonly memoryAvailable: number;
  readonly fitsMemory: boolean;
  /** Whether it is within the deadline; true where there is none. */
  readonly meetsDeadline: boolean;
  /** How often one of them is asked in the whole run, and of how many comes an update. */
  readonly asked: number;
  readonly updates: number;
}

/** A whole run, without training. */
export interface FederationPlan {
  readonly classes: readonly PlannedClass[];
  /** Of the whole run. */
  readonly rounds: number;
  /** Virtual time of all rounds, by cause. */
  readonly virtual: VirtualTotals;
  /** The first round with fewer updates than `minimumUpdates`, where the run would stop: `virtual` is of those before. Absent: there is none. */
  readonly stops?: { readonly round: number; readonly updates: number };
}

/**
 * What a run asks of its devices and how much virtual time it takes: its rounds in the order of `train`, with the times of its clock. Exact
 * where updates are finite and their encoding has a fixed size.
 * @throws ArgumentError or ArgumentTypeError as createFederation does, and where there are no devices.
 */
export function planFederation(engine: Engine, given: FederationOptions): FederationPlan {
  const options = deviced(engine, given);
  requireClientMemory(engine, largestClientOf(options));
  const { leastUpdates } = new Aggregator(engine, options);
  const masks = new PlannedMasks(engine, options);
  const { counts, ...run } = simulate(engine, options, { masks, leastUpdates });
  return { classes: classesOf(options, masks, counts), ...run };
}

/**
 * The largest keep ratio for each client whose submodel its device has memory and, where there is a deadline, time for; those of `clients` are not looked at.
 * @throws ArgumentError or ArgumentTypeError as createFederation does; ArgumentError naming a profile that even one neuron a layer does not fit.
 */
export function fitCapacities(engine: Engine, given: FederationOptions): number[] {
  const options = deviced(engine, given);
  return fitClients(engine, loadOf(engine, options), {
    devices: options.devices,
    rowCounts: rowCountsOf(options.clients),
  });
}

type Deviced = CompleteOptions & { readonly devices: CompleteDevices };

function deviced(engine: Engine, given: FederationOptions): Deviced {
  requireEngine(engine);
  const options = completeOptions(given);
  const { devices } = options;
  if (devices) return { ...options, devices };
  throw new ArgumentError("devices", "must be given: without them time is that of the transport", devices);
}

function loadOf(engine: Engine, options: CompleteOptions): ClientLoad {
  return { ...options, downlink: openDownlink(engine, options.downlink) };
}

/** Masks of the sizes that clients have, one for each keep ratio. */
class PlannedMasks {
  readonly needs: ClientNeeds;
  readonly #options: CompleteOptions;
  readonly #masks = new Map<number, Mask>();

  constructor(engine: Engine, options: CompleteOptions) {
    this.needs = new ClientNeeds(engine, loadOf(engine, options));
    this.#options = options;
  }

  of(keepRatio: number): Mask {
    const mask = this.#masks.get(keepRatio) ?? this.needs.maskOf(keepRatio);
    this.#masks.set(keepRatio, mask);
    return mask;
  }

  assign(round: number, ids: ArrayLike<number>): ClientAssignment[] {
    const { clients, capacityAssignment, localSteps } = this.#options;
    const shift = capacityAssignment === "dynamic" ? round : 0;
    return Array.from(ids, (client) => {
      const { keepRatio } = clients[(client + shift) % clients.length];
      return { client, mask: this.of(keepRatio), localSteps: clients[client].localSteps ?? localSteps, weight: 1 };
    });
  }
}

/** How often the clients with a kind of device were asked, and gave an update. */
type Counts = Pick<PlannedClass, "asked" | "updates">;

/** All rounds, without training. */
function simulate(
  engine: Engine,
  options: Deviced,
  { masks, leastUpdates }: { readonly masks: PlannedMasks; readonly leastUpdates: number },
): Omit<FederationPlan, "classes"> & { readonly counts: readonly Counts[] } {
  const { devices, clients, rounds } = options;
  const wanted = options.privacy ? 0 : leastUpdates;
  const downlink = openDownlink(engine, options.downlink);
  const deviceRounds = openDeviceRounds(engine, options, { downlink, leastUpdates });
  const dealt = dealProfiles(devices.profiles, clients.length);
  const counts = devices.profiles.map(() => ({ asked: 0, updates: 0 }));
  const parameters = new Float32Array(0);
  let [state, virtual] = [virtualStart, emptyTotals];
  for (let round = 0; round < rounds; round++) {
    const asked = deviceRounds.ask(state, { round, parameters }, (at, ids) => masks.assign(at.round, ids));
    const trained = asked.parts.flatMap(({ assignments }) => assignments);
    if (trained.length < wanted) return { counts, rounds, virtual, stops: { round, updates: trained.length } };
    for (const { client } of trained) counts[dealt[client]].updates++;
    for (const { client } of [...trained, ...asked.absent]) counts[dealt[client]].asked++;
    if (asked.virtual) virtual = withRound(virtual, asked.virtual);
    state = asked.next ?? state;
  }
  return { counts, rounds, virtual };
}

function classesOf(options: Deviced, masks: PlannedMasks, counts: readonly Counts[]): PlannedClass[] {
  const { devices, clients } = options;
  const dealt = dealProfiles(devices.profiles, clients.length);
  const rows = mostRows(dealt, rowCountsOf(clients), devices.profiles.length);
  return devices.profiles.map((device, profile) => {
    const members = clients.filter((_, client) => dealt[client] === profile);
    const keepRatio = members.reduce((most, client) => Math.max(most, client.keepRatio), 0) || 1;
    const found = masks.needs.of(device, masks.of(keepRatio), Math.max(1, rows[profile]));
    return {
      ...{ name: device.name, clients: members.length, keepRatio, ...found },
      memoryAvailable: device.memoryBytes,
      fitsMemory: found.memoryBytes <= device.memoryBytes,
      meetsDeadline: found.seconds <= (devices.deadline ?? Number.POSITIVE_INFINITY),
      ...counts[profile],
    };
  });
}
