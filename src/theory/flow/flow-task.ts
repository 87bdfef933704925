import type { JacobianDenoiser } from "../../diffusion/jacobian-denoiser.js";
import { evaluationsOf, isDeterministic, requireStepSampler } from "../../diffusion/sampler.js";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { createSchedule } from "../../diffusion/schedules/index.js";
import { FedscoreError } from "../../errors.js";
import { networkFloat64 } from "../../network/float64-network.js";
import type { Float64Law } from "../../targets/float64-law.js";
import { createLaw } from "../../targets/law.js";
import type { Target } from "../../targets/target.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { cellsOf } from "../certificate/open-run.js";
import { strataOf } from "../certificate/strata.js";
import type { CertificateRequest } from "../certificate/unit-task.js";
import { flowExtent } from "./flow-extent.js";
import {
  type Determinants,
  type FlowRun,
  type FlowUnitCosts,
  type FlowUnitRequest,
  openFlow,
  runFlowUnits,
} from "./flow-units.js";

/** Determinants of larger Jacobians are estimated where an exact denoiser allows it. */
const mostExact = 64;

/** Whether a sampler's output is a function of its first state, so that its certificate is a change of variables. */
export function isFlow(sampler: SamplerName, schedule: NoiseSchedule): boolean {
  return isDeterministic(samplers[sampler], schedule);
}

/** A law whose density at delta is known in float64. @throws FedscoreError FEDSCORE_UNSUPPORTED for others. */
export function requireFloat64(sampler: SamplerName, { float64, name }: Target): Float64Law {
  if (float64) return float64;
  throw new FedscoreError(
    "FEDSCORE_UNSUPPORTED",
    `sampler ${sampler} cannot be certified: its change of variables needs the density of the law in float64, and that of ${name} is not known`,
    { law: name },
  );
}

/** Estimated beyond 64 dimensions, of steps of DDIM with an exact denoiser: those have positive definite derivatives of a known range. */
export function determinantsOf(
  { sampler, network }: Pick<CertificateRequest, "sampler" | "network">,
  { dimension }: Pick<Target, "dimension">,
): Determinants {
  return dimension > mostExact && sampler === "ddim" && network === undefined ? "estimated" : "exact";
}

/** Multiplications of a certificate, roughly, beyond which it is refused: hours of two cores. */
const mostWork = 2e13;

/**
 * Evaluations of a step for a row that is inverted and a sample that is made and inverted, and how often its Jacobian and determinant are computed:
 * of grids of a few steps, twice those of many. A step with a correction takes each twice.
 */
const [evaluations, jacobians] = [20, 6];
/** Evaluations and products of a step for a row whose determinants are estimated: of grids of a few steps too. */
const [searches, products] = [6, 60];

/**
 * Throws unless the certificate of a deterministic sampler that is asked for so many rows can be computed, and in hours.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED with the reason.
 */
export function requireFlow(request: Omit<CertificateRequest, "seed">, law: Target, paths: number): void {
  const { sampler, grid, network } = request;
  const { dimension: d } = requireFloat64(sampler, law);
  const moves = requireStepSampler(samplers[sampler], "a change of variables");
  const drawn = cellsOf(law);
  const strata = strataOf(drawn);
  const cells = drawn.weights.length;
  const determinants = determinantsOf(request, law);
  const point = network ? network.parameters.length : 2 * cells * (d + 8);
  const jacobian = network ? d * point : cells * d * d;
  const each =
    determinants === "estimated"
      ? (searches + products) * point
      : evaluationsOf(moves, d) * (evaluations * point + jacobians * (jacobian + d ** 3));
  const steps = grid.times.length - 1;
  const { rows } = flowExtent(strata, paths);
  const work = rows * steps * each;
  if (work <= mostWork) return;
  const why =
    d > mostExact && determinants === "exact"
      ? `; beyond dimension ${mostExact} only determinants of ddim with an exact denoiser are estimated, since nothing is known of the spectrum of others`
      : "";
  throw new FedscoreError(
    "FEDSCORE_UNSUPPORTED",
    `sampler ${sampler} cannot be certified in hours: ${rows} rows of ${steps} steps need about ${work.toPrecision(1)} multiplications in float64, which must be at most ${mostWork}: take fewer rows or steps, or a smaller network${why}`,
    { rows, steps, work },
  );
}

/** What is certified, in float64. */
function denoiserOf({ network }: CertificateRequest, law: Float64Law): JacobianDenoiser {
  return network ? networkFloat64(network.spec, network.parameters) : law;
}

/** Runs units of rows; what comes back depends on the request and the units alone. */
export const runFlow = defineTask({
  name: "runFlow",
  open(engine, request: CertificateRequest): FlowRun {
    const schedule = createSchedule(request.schedule);
    const target = createLaw(request.law);
    const law = requireFloat64(request.sampler, target);
    const sampler = samplers[request.sampler];
    const denoiser = denoiserOf(request, law);
    const { grid, seed } = request;
    const determinants = determinantsOf(request, target);
    return openFlow(engine, { schedule, grid, sampler, denoiser, determinants, law, cells: cellsOf(target), seed });
  },
  run: (engine, run, units: FlowUnitRequest): FlowUnitCosts => runFlowUnits(engine, run, units),
  transfer: ({ ratio, density, stray }) => buffersOf([ratio, density, stray]),
});
