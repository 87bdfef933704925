import type { Denoiser } from "../../diffusion/denoiser.js";
import type { TimeGrid } from "../../diffusion/grid.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import { FedscoreError } from "../../errors.js";
import { ScoreNetwork } from "../../network/score-network.js";
import type { NetworkSpec } from "../../network/spec.js";
import { createLaw, type LawSpec } from "../../targets/law.js";
import type { Target } from "../../targets/target.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { requirePathCost } from "./certificate.js";
import type { PathProblem } from "./open-run.js";
import { runPathUnits, type UnitCosts, type UnitRequest } from "./units.js";

/** A trained network as plain data. */
export interface NetworkData {
  readonly spec: NetworkSpec;
  /** float32 [P], laid out by layoutOf(spec). */
  readonly parameters: Float32Array;
  /** The class that it is asked for, of a network with classes. Absent: none. */
  readonly class?: number | undefined;
}

/** The problem of a certificate as plain data. */
export interface CertificateRequest {
  readonly schedule: NoiseScheduleSpec;
  readonly grid: Pick<TimeGrid, "name" | "times" | "errors" | "tunedFor">;
  readonly sampler: SamplerName;
  /** The data law in the coordinates of the network. */
  readonly law: LawSpec;
  /** What is certified; undefined: the exact denoiser of the law. */
  readonly network: NetworkData | undefined;
  /** Of data, noise and times. */
  readonly seed: number;
}

/** A law whose exact denoiser is known. Throws FEDSCORE_UNSUPPORTED for others. */
export function requireExact(law: Target): Target & { readonly denoiser: Denoiser } {
  const { denoiser } = law;
  if (denoiser) return { ...law, denoiser };
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", `the exact denoiser of ${law.name} is not known`, { law: law.name });
}

/** Runs units of forward paths; what comes back depends on the request and the units alone. */
export const runCertificateUnits = defineTask({
  name: "runCertificateUnits",
  open(_engine, { grid, network, seed, ...request }: CertificateRequest): PathProblem {
    const schedule = createSchedule(request.schedule);
    const target = requireExact(createLaw(request.law));
    return {
      schedule,
      grid,
      cost: requirePathCost(request.sampler, schedule),
      target,
      denoiser: network ? new ScoreNetwork(network.spec, network.parameters, network.class) : target.denoiser,
      seed,
    };
  },
  run: (engine, problem, units: UnitRequest): UnitCosts => runPathUnits(engine, problem, units),
  transfer: ({ reach: _, ...costs }) => buffersOf(Object.values(costs)),
});
