import type { TimeGrid } from "../../diffusion/grid.js";
import { changedSetting, type SamplerName, type SamplerSpec, samplerName } from "../../diffusion/samplers/index.js";
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
  /** Why nothing is certified of the sampler as it is set. */
  readonly uncertified?: string | undefined;
  readonly denoiseLast: boolean;
  readonly network: NetworkData;
  /** Training and held-out rows in the coordinates of the network. */
  readonly train: Float32Array;
  readonly heldOut: Float32Array;
  /** Seed of the run. */
  readonly seed: number;
}

/** What a subject says of its sampler: certificates know samplers by their default settings alone. */
export function certifiedSampler(spec: SamplerSpec): Pick<CertificationSubject, "sampler" | "uncertified"> {
  const sampler = samplerName(spec);
  const changed = changedSetting(spec);
  if (changed === undefined) return { sampler };
  return {
    sampler,
    uncertified: `sampler ${sampler} with ${changed} cannot be certified: only its default settings can`,
  };
}
