import { ArgumentError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { rowsOfStep } from "../../network/privacy.js";
import { layoutOf } from "../../network/spec.js";
import type { TrainingSettings } from "../../network/training.js";
import { compileMask } from "../../pruning/compiled-mask.js";
import type { Mask } from "../../pruning/mask.js";
import { clientBytes } from "../client-memory.js";
import { dealProfiles } from "./deal-profiles.js";
import { type DeviceTimes, durationOf } from "./flights.js";
import type { CompleteDevices } from "./options.js";
import type { DeviceProfile } from "./profile.js";
import { WorkCounter, type WorkSettings } from "./work.js";

/** What clients of a federation have to do, whatever their devices. */
export interface ClientLoad extends Omit<WorkSettings, "stepRows"> {
  readonly training: TrainingSettings;
  readonly localSteps: number;
  readonly seed: number;
}

/** What a client's part of a round asks of its device. */
export interface DeviceNeeds extends DeviceTimes {
  /** Parameters that it keeps. */
  readonly parameters: number;
  /** Bytes that its training takes. */
  readonly memoryBytes: number;
  /** Virtual seconds from being sent parameters to its update. */
  readonly seconds: number;
}

/** Works out what clients need. */
export class ClientNeeds {
  readonly #engine: Engine;
  readonly #load: ClientLoad;
  readonly #work: WorkCounter;

  constructor(engine: Engine, load: ClientLoad) {
    this.#engine = engine;
    this.#load = load;
    this.#work = new WorkCounter(engine, { ...load, stepRows: rowsOfStep(load.training) });
  }

  /** @param rows that the client holds. */
  of(device: DeviceProfile, mask: Mask, rows: number): DeviceNeeds {
    const { network, training, localSteps } = this.#load;
    const { spec, kept } = compileMask(network, mask);
    const { bytesDown, flops, bytesUp } = this.#work.of({ mask, localSteps });
    const times = {
      download: bytesDown / device.downlink,
      compute: flops / device.flopsPerSecond,
      upload: bytesUp / device.uplink,
    };
    const largest = { network: spec, training, whole: true, rows, rowsArgument: "rows" };
    const memoryBytes = clientBytes(this.#engine, largest);
    return { parameters: kept, memoryBytes, ...times, seconds: durationOf(times) };
  }

  /** The mask of a client with some keep ratio in the first round: that of later rounds keeps as many parameters. */
  maskOf(keepRatio: number): Mask {
    const { network: spec, maskFamily, seed } = this.#load;
    const parameters = new Float32Array(layoutOf(spec).size);
    const context = { engine: this.#engine, spec, seed, round: 0, parameters };
    const [mask] = maskFamily.assign({ ...context, clients: [{ id: 0, keepRatio }] });
    return mask;
  }
}

/** Devices that are to be fitted. */
export interface FitRequest {
  readonly devices: Pick<CompleteDevices, "profiles" | "deadline">;
  /** Rows that each client holds. */
  readonly rowCounts: ArrayLike<number>;
}

/**
 * The largest keep ratio for each client, among those that differ by one neuron of the widest layer, whose submodel its device has the memory
 * and the time for, with as many rows as any client with such a device holds.
 * @throws ArgumentError naming a profile that even one neuron a layer does not fit, or maskFamily where it does not make smaller networks.
 */
export function fitClients(engine: Engine, load: ClientLoad, { devices, rowCounts }: FitRequest): number[] {
  const { profiles, deadline } = devices;
  const dealt = dealProfiles(profiles, rowCounts.length);
  const most = mostRows(dealt, rowCounts, profiles.length);
  const needs = new ClientNeeds(engine, load);
  requireSmaller(needs, load);
  const ratios = profiles.map((device, profile) => {
    if (most[profile] === 0) return 1;
    const argument = `devices.profiles[${profile}]`;
    return fitDevice(needs, load, { argument, device, rows: most[profile], deadline });
  });
  return Array.from(dealt, (profile) => ratios[profile]);
}

/** Most rows that a client with each profile holds; 0 where no client has it. */
export function mostRows(dealt: Uint32Array, rowCounts: ArrayLike<number>, profiles: number): number[] {
  const most = new Array<number>(profiles).fill(0);
  for (const [client, profile] of dealt.entries()) most[profile] = Math.max(most[profile], rowCounts[client]);
  return most;
}

/** A device that is to be fitted, and what messages call its profile. */
interface FittedDevice {
  readonly argument: string;
  readonly device: DeviceProfile;
  readonly rows: number;
  readonly deadline: number | undefined;
}

/** Memory and time grow with the ratio, so it is found by bisection. */
function fitDevice(needs: ClientNeeds, load: ClientLoad, { argument, device, rows, deadline }: FittedDevice): number {
  const { network } = load;
  const widest = Math.max(...network.hidden);
  const fits = (neurons: number) =>
    problemOf(needs.of(device, needs.maskOf(neurons / widest), rows), device, deadline) === undefined;
  let [fitting, tooLarge] = [0, widest + 1];
  while (tooLarge - fitting > 1) {
    const middle = (fitting + tooLarge) >> 1;
    if (fits(middle)) fitting = middle;
    else tooLarge = middle;
  }
  if (fitting > 0) return fitting / widest;
  const least = needs.of(device, needs.maskOf(1 / widest), rows);
  const problem = problemOf(least, device, deadline);
  throw new ArgumentError(`${argument}.${problem?.key}`, `must ${problem?.rule}`, problem?.found);
}

function problemOf(
  { memoryBytes, seconds, compute, download, upload }: DeviceNeeds,
  device: DeviceProfile,
  deadline = Number.POSITIVE_INFINITY,
): { readonly key: keyof DeviceProfile; readonly rule: string; readonly found: number } | undefined {
  if (memoryBytes > device.memoryBytes) {
    const rule = `be at least ${memoryBytes}, which training of the smallest submodel takes`;
    return { key: "memoryBytes", rule, found: device.memoryBytes };
  }
  if (seconds <= deadline) return undefined;
  const slowest = Math.max(compute, download, upload);
  const key = slowest === compute ? "flopsPerSecond" : slowest === download ? "downlink" : "uplink";
  const rule = `be more: a round of the smallest submodel takes ${seconds.toPrecision(3)} s, and the deadline is ${deadline} s`;
  return { key, rule, found: device[key] };
}

/** A family whose clients run the whole network, whatever they keep, has nothing to fit. */
function requireSmaller(needs: ClientNeeds, { network, maskFamily }: ClientLoad): void {
  if (network.hidden.every((width) => width === 1)) return;
  if (needs.maskOf(1 / Math.max(...network.hidden)).kind === "structured") return;
  throw new ArgumentError("maskFamily", 'must make smaller networks where capacities are "fit"', maskFamily.name);
}
