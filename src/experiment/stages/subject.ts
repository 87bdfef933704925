import type { TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import type { NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import type { NetworkData } from "../../theory/certificate/unit-task.js";
import type { RunLaw } from "../prepare/exact-law.js";

/** A trained network, how it is sampled, and the data it is certified against. */
export interface CertificationSubject {
  /** What exactLaw says of its data. */
  readonly law: RunLaw;
  readonly schedule: NoiseSchedule;
  /** The same as plain data. */
  readonly scheduleSpec: NoiseScheduleSpec;
  readonly grid: TimeGrid;
  readonly sampler: SamplerName;
  readonly denoiseLast: boolean;
  readonly network: NetworkData;
  /** Training and held-out rows in the coordinates of the network. */
  readonly train: Float32Array;
  readonly heldOut: Float32Array;
  /** Seed of the run. */
  readonly seed: number;
}
