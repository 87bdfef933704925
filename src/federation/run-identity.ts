import { crc32, crc32Of } from "../crc32.js";
import { ArgumentError } from "../errors.js";
import type { Variant } from "../kernels/index.js";
import { isOwnAggregation } from "./aggregations/index.js";
import { checkpointError } from "./checkpoint-format.js";
import { numberOfEach } from "./client-rows.js";
import { isOwnRule } from "./client-rules/index.js";
import type { CompleteDevices } from "./devices/options.js";
import { federationDefaults } from "./federation-fields.js";
import type { ClientRows, HeldData } from "./messages.js";
import type { CompleteOptions } from "./options.js";
import { isOwn } from "./server-optimizers/index.js";

/**
 * Everything that decides the bytes of a run, as JSON; large arrays by their checksum. The number of rounds is not part of it: a
 * longer run begins like a shorter one. Nor are the transport and when rounds are closed, which decide who answers.
 */
export type RunIdentity = Readonly<Record<string, unknown>>;

const pointsKey = "points (checksum)";

/** @throws ArgumentError where the caller has changed or detached the points since; those that clients hold nobody here can know. */
export function requireSamePoints(identity: RunIdentity, points: Float32Array | undefined): void {
  if (points === undefined) return;
  if (points.length > 0 && crc32Of(points) === identity[pointsKey]) return;
  const rule =
    "must stay what they were when the federation was created: give it a copy where they are moved or written to";
  throw new ArgumentError("points", rule, points);
}

/** Arrays of a run. */
export interface RunArrays {
  /** The parameters that it starts from. */
  readonly initial: Float32Array;
  /** The data, where the federation has them. */
  readonly held: (HeldData & { readonly clientRows: Required<ClientRows> }) | undefined;
  /** Of each client. */
  readonly rowCounts: Float64Array;
}

export function identityOf(
  options: CompleteOptions,
  variant: Variant,
  { initial, held, rowCounts }: RunArrays,
): RunIdentity {
  const { network, schedule, training, clients, maskFamily, localSteps } = options;
  const { encoding, downlink } = options;
  const { aggregation, attack } = options;
  const { participation, weighting, clientRule, server, ema, nonFinite, seed } = options;
  return {
    variant,
    seed,
    network,
    schedule,
    training,
    clients: clients.length,
    localSteps,
    asynchronous: options.asynchronous ?? null,
    participation,
    weighting,
    clientRule: isOwnRule(clientRule) ? { name: clientRule.name } : clientRule,
    encoding,
    downlink,
    server: isOwn(server) ? { name: server.name, initialState: server.initialState } : server,
    ema: ema ?? null,
    nonFinite,
    ...(options.privacy && { privacy: options.privacy }),
    regions: options.regions ?? null,
    capacityAssignment: options.capacityAssignment,
    devices: options.devices ? deviceIdentity(options.devices) : null,
    "maskFamily.name": maskFamily.name,
    [pointsKey]: held ? crc32Of(held.points) : null,
    "initial (checksum)": crc32Of(initial),
    "clients[].keepRatio (checksum)": crc32Of(numberOfEach(clients, ({ keepRatio }) => keepRatio)),
    "clients[].localSteps (checksum)": crc32Of(numberOfEach(clients, (client) => client.localSteps ?? localSteps)),
    ...(held
      ? { "clients[].rows (checksum)": checksumOfRows(held.clientRows) }
      : { "clients[].rowCount (checksum)": crc32Of(rowCounts) }),
    ...(isOwnAggregation(aggregation)
      ? { aggregation: { name: aggregation.name } }
      : aggregation.kind !== federationDefaults.aggregation.kind && { aggregation }),
    ...(attack && { attack }),
  };
}

/** A clock of the caller's own decides who answers, as a transport does. */
function deviceIdentity({ clock, ...settings }: CompleteDevices): RunIdentity {
  return { ...settings, ownClock: clock !== undefined };
}

/** Of the checksums of each client's rows. A view for each of many clients would take more memory than their rows. */
function checksumOfRows({ rows, starts }: Required<ClientRows>): number {
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const each = Uint32Array.from({ length: starts.length - 1 }, (_, client) =>
    crc32(bytes, 4 * starts[client], 4 * starts[client + 1]),
  );
  return crc32Of(each);
}

/** A short name of an identity: equal for equal runs. */
export function digestOf(identity: RunIdentity): string {
  const sorted = [...leaves("", identity)].map((leaf) => leaf.join("=")).sort();
  const bytes = new TextEncoder().encode(sorted.join("\n"));
  return crc32(bytes).toString(16).padStart(8, "0");
}

/** @throws FedscoreError FEDSCORE_CHECKPOINT naming the first key in which the runs differ. */
export function requireSameRun(current: RunIdentity, stored: unknown): void {
  const [here, there] = [leaves("", current), leaves("", stored)];
  for (const key of new Set([...here.keys(), ...there.keys()])) {
    const [mine, theirs] = [here.get(key), there.get(key)];
    if (mine === theirs) continue;
    const problem = `it is of another run: ${key} is ${mine ?? "absent"} here and ${theirs ?? "absent"} there`;
    throw checkpointError(problem, { key, here: mine, there: theirs });
  }
}

/** Every value below `value`, as JSON, under its path such as training.optimizer.learningRate. */
function leaves(path: string, value: unknown): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value) ?? "undefined"]]);
  return new Map(
    Object.entries(value).flatMap(([key, child]) => {
      if (child === undefined) return [];
      const name = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
      return [...leaves(name, child)];
    }),
  );
}
