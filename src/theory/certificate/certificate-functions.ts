import type { Denoiser } from "../../diffusion/denoiser.js";
import type { SamplerName } from "../../diffusion/samplers/index.js";
import { createSchedule, type NoiseScheduleSpec } from "../../diffusion/schedules/index.js";
import { FedscoreError } from "../../errors.js";
import type { Engine } from "../../kernels/index.js";
import { ScoreNetwork } from "../../network/score-network.js";
import type { NetworkSpec } from "../../network/spec.js";
import { createLaw, type LawSpec } from "../../targets/law.js";
import type { Target } from "../../targets/target.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";
import { requirePathCost } from "./certificate.js";
import type { PathProblem } from "./open-run.js";
import { runPathUnits, type UnitCosts, type UnitRequest } from "./units.js";

/** A trained network as plain data. */
export interface NetworkData {
  readonly spec: NetworkSpec;
  /** float32 [P], laid out by layoutOf(spec). */
  readonly parameters: Float32Array;
}

/** The problem of a certificate as plain data. */
export interface CertificateSetup {
  readonly id: string;
  readonly schedule: NoiseScheduleSpec;
  readonly grid: { readonly name: string; readonly times: Float64Array };
  readonly sampler: SamplerName;
  /** The data law in the coordinates of the network. */
  readonly law: LawSpec;
  /** What is certified; undefined: the exact denoiser of the law. */
  readonly network: NetworkData | undefined;
  /** Of data, noise and times. */
  readonly seed: number;
}

/** Units of a setup. */
export interface SetupUnits extends UnitRequest {
  readonly id: string;
}

const problemsOf = new WeakMap<Engine, Map<string, PathProblem>>();

/** A law whose exact denoiser is known. Throws FEDSCORE_UNSUPPORTED for others. */
export function requireExact(law: Target): Target & { readonly denoiser: Denoiser } {
  const { denoiser } = law;
  if (denoiser) return { ...law, denoiser };
  throw new FedscoreError("FEDSCORE_UNSUPPORTED", `the exact denoiser of ${law.name} is not known`, { law: law.name });
}

/** Makes a certificate's problem known to an engine. */
export const openCertificate: WorkerFunction<CertificateSetup, void> = {
  name: "openCertificate",
  run(engine, setup) {
    const schedule = createSchedule(setup.schedule);
    const target = requireExact(createLaw(setup.law));
    const { id, grid, network, seed } = setup;
    const problems = problemsOf.get(engine) ?? new Map<string, PathProblem>();
    problemsOf.set(engine, problems);
    problems.set(id, {
      schedule,
      grid,
      cost: requirePathCost(setup.sampler, schedule),
      target,
      denoiser: network ? new ScoreNetwork(network.spec, network.parameters) : target.denoiser,
      seed,
    });
  },
};

/** Makes an engine forget a problem. */
export const closeCertificate: WorkerFunction<string, void> = {
  name: "closeCertificate",
  run(engine, id) {
    problemsOf.get(engine)?.delete(id);
  },
};

/** Runs units of forward paths; what comes back depends on the setup and the request alone. */
export const runCertificateUnits: WorkerFunction<SetupUnits, UnitCosts> = {
  name: "runCertificateUnits",
  run(engine, { id, ...request }) {
    const problem = problemsOf.get(engine)?.get(id);
    if (!problem) throw new FedscoreError("FEDSCORE_WORKER", `units of certificate ${id} came before their problem`);
    return runPathUnits(engine, problem, request);
  },
  transfer: (costs) =>
    Object.values(costs).flatMap((value) => (value instanceof Float64Array ? [value.buffer as ArrayBuffer] : [])),
};
