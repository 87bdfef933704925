import { ArgumentError, requireMethods } from "../../errors.js";
import { type Filled, filledSettings, type Given } from "../../family.js";
import { choice, integer, number, optional, required } from "../../fields.js";
import { keysOf, requireOptions } from "../../options.js";
import type { DeviceClock } from "./device-clock.js";
import { completeProfiles, type DeviceProfile, type DeviceProfileOptions } from "./profile.js";

/** What may be set of a federation's virtual time. */
export const deviceFields = {
  deadline: number(
    "(0, inf)",
    optional,
    "Virtual seconds that a client may take in a round, from being sent parameters to its update. Default: as many as it needs.",
  ),
  late: choice(
    ["drop", "wait"],
    "drop",
    "drop: a round ends at the deadline, and a client that takes longer is absent. wait: a round ends with its last client.",
  ),
};

/** The devices of a federation's clients. */
export interface DevicesOptions extends Given<typeof deviceFields> {
  /** Client after client has the profile that is furthest behind its share. */
  readonly profiles: readonly DeviceProfileOptions[];
  /** Gives the times of devices. Default: those that follow from profiles and seed. */
  readonly clock?: DeviceClock | undefined;
}

/** With all defaults but the clock's. */
export interface CompleteDevices extends Filled<typeof deviceFields> {
  readonly profiles: readonly DeviceProfile[];
  readonly clock?: DeviceClock;
}

const devicesKeys = keysOf<DevicesOptions>({ profiles: true, deadline: true, late: true, clock: true });

/** What may be set of asynchronous rounds. */
export const asynchronousFields = {
  bufferSize: integer("[1, inf)", required, "Updates after which the server moves: K of FedBuff."),
  concurrency: integer("[1, inf)", required, "Clients that train at a time."),
  staleness: choice(
    ["sqrt", "none"],
    "sqrt",
    "Factor of an update whose parameters the server has left s moves behind: 1 / sqrt(1 + s), or 1.",
  ),
  maxStaleness: integer("[0, inf)", optional, "An update of greater staleness is not used. Default: all are."),
};

/** Asynchronous rounds: see FederationOptions. */
export type AsynchronousOptions = Given<typeof asynchronousFields>;

/** With all defaults. */
export type CompleteAsynchronous = Filled<typeof asynchronousFields>;

const asynchronousKeys = keysOf<AsynchronousOptions>({
  bufferSize: true,
  concurrency: true,
  staleness: true,
  maxStaleness: true,
});

/** @throws ArgumentError or ArgumentTypeError naming what is out of range, such as devices.profiles[0].uplink. */
export function completeDevices(argument: string, given: DevicesOptions): CompleteDevices {
  const { profiles, clock } = requireOptions(argument, given, devicesKeys);
  if (clock !== undefined) requireMethods(`${argument}.clock`, clock, ["next"]);
  return {
    ...filledSettings(deviceFields, argument, given),
    profiles: completeProfiles(`${argument}.profiles`, profiles),
    ...(clock && { clock }),
  };
}

/** @throws ArgumentError or ArgumentTypeError naming what is out of range. */
export function completeAsynchronous(argument: string, given: AsynchronousOptions): CompleteAsynchronous {
  return filledSettings(asynchronousFields, argument, requireOptions(argument, given, asynchronousKeys));
}

/** What rules of devices and asynchronous rounds look at. */
export interface DevicedRun {
  readonly clients: number;
  readonly devices?: CompleteDevices;
  readonly asynchronous?: CompleteAsynchronous;
  readonly participation: number;
  readonly capacityAssignment: "fixed" | "dynamic";
  readonly minimumUpdates: number;
  readonly deadline?: number;
  readonly aggregationGoal?: number;
  readonly regions?: readonly number[] | undefined;
  /** Whether the clients hold their own data. */
  readonly ownData: boolean;
  /** Whether noise levels are drawn by the losses of the round before. */
  readonly byLosses: boolean;
}

/** @throws ArgumentError naming the option that does not go with virtual time, or with asynchronous rounds. */
export function requireDeviced(run: DevicedRun): void {
  const { devices, asynchronous } = run;
  if (devices) requireVirtual(run, "devices", devices);
  if (asynchronous) requireAsynchronous(run, asynchronous);
}

function requireVirtual({ deadline, aggregationGoal, ownData }: DevicedRun, key: string, value: unknown): void {
  if (ownData)
    throw new ArgumentError(key, "must be left out where clients hold their own data: their devices are real", value);
  const rule = "must be left out beside devices, whose time is virtual";
  if (deadline !== undefined) throw new ArgumentError("deadline", `${rule}: say devices.deadline`, deadline);
  if (aggregationGoal !== undefined) throw new ArgumentError("aggregationGoal", rule, aggregationGoal);
}

function requireAsynchronous(run: DevicedRun, asynchronous: CompleteAsynchronous): void {
  const { clients, devices, participation, capacityAssignment, minimumUpdates, regions, byLosses } = run;
  const refused = (key: string, rule: string, value: unknown) => {
    throw new ArgumentError(key, `${rule} beside asynchronous`, value);
  };
  if (!devices)
    throw new ArgumentError(
      "devices",
      "must be given beside asynchronous, whose order is that of virtual time",
      devices,
    );
  if (devices.deadline !== undefined)
    refused("devices.deadline", "must be left out (say asynchronous.maxStaleness)", devices.deadline);
  if (participation !== 1) refused("participation", "must be 1 (say asynchronous.concurrency)", participation);
  if (capacityAssignment !== "fixed") refused("capacityAssignment", "must be fixed", capacityAssignment);
  if (regions) refused("regions", "must be left out", regions);
  if (byLosses)
    refused(
      "training.levels.distribution.kind",
      "must not be importance, which needs the losses of one round at a time,",
      "importance",
    );
  const { bufferSize, concurrency } = asynchronous;
  for (const [key, value] of Object.entries({ bufferSize, concurrency }))
    if (value > clients)
      throw new ArgumentError(`asynchronous.${key}`, `must be at most the ${clients} clients`, value);
  if (minimumUpdates > bufferSize)
    throw new ArgumentError(
      "minimumUpdates",
      `must be at most asynchronous.bufferSize = ${bufferSize}`,
      minimumUpdates,
    );
}
