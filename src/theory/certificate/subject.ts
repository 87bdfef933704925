import type { TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import type { Target } from "../../targets/target.js";

/** The parts of a certificate's problem that the coordinator needs; workers have the rest. */
export interface CertificateSubject {
  readonly sampler: SamplerName;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  readonly target: Target;
}
