import type { Denoiser } from "../../diffusion/denoiser.js";
import { requireGrid, type TimeGrid, validateGrid } from "../../diffusion/grid.js";
import { type SamplerName, samplers } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { ArgumentTypeError, requireInteger, requireLength, requireMethods, requireTyped } from "../../errors.js";
import { memberNamed } from "../../family.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import type { ExactTarget } from "../../targets/target.js";
import {
  type Certificate,
  type CertificateOptions,
  certificateOptionKeys,
  certify,
  requirePathCost,
} from "./certificate.js";
import { requireExact } from "./unit-task.js";
import { runPathUnits } from "./units.js";

/** The problem of a certificate about parts of one's own; see `certifyTarget`. */
export interface TargetCertificateRequest {
  /** The data law: its rows, its exact denoiser, and `secondMoment` or `marginalLogDensity` for the start. `cells` make the bound surer, `mean` helps far from 0. */
  readonly target: ExactTarget;
  /** What is certified. Absent: the law's exact denoiser, so that only steps and start cost. */
  readonly denoiser?: Denoiser | undefined;
  readonly schedule: NoiseSchedule;
  readonly grid: TimeGrid;
  /** One that has a path KL; deterministic ones are refused by name. */
  readonly sampler: SamplerName;
  /** Integer in [0, 2^53). */
  readonly seed: number;
}

const requestKeys = keysOf<TargetCertificateRequest>({
  target: true,
  denoiser: true,
  schedule: true,
  grid: true,
  sampler: true,
  seed: true,
});

/**
 * The certificate of `certifyInPool` for a law, a denoiser or a schedule that is an object of one's own and no plain data, and so runs in this thread.
 * It is as true as the target's exact denoiser, which is taken at its word.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED as `certifyInPool`, and for deterministic samplers.
 */
export async function certifyTarget(
  engine: Engine,
  request: TargetCertificateRequest,
  options: CertificateOptions,
): Promise<Certificate> {
  requireEngine(engine);
  const { target, schedule, grid, sampler, seed, denoiser } = requireOptions("request", request, requestKeys);
  requireOptions("options", options, certificateOptionKeys);
  memberNamed(samplers, "sampler", sampler);
  requireInteger("seed", seed, 0);
  validateGrid("grid.times", requireGrid(grid).times, schedule);
  if (denoiser !== undefined) requireMethods("denoiser", denoiser, ["open"]);
  const law = requireLaw(target);
  const cost = requirePathCost(sampler, schedule);
  const problem = { schedule, grid, cost, target: law, denoiser: denoiser ?? law.denoiser, seed };
  return certify(
    { sampler, schedule, grid, target: law },
    async (units) => runPathUnits(engine, problem, units),
    options,
  );
}

/** A law whose parts are of the kinds that certificates work with. */
function requireLaw(target: ExactTarget): ExactTarget {
  const { dimension, mean, cells } = requireMethods("target", target, ["sample"]);
  requireInteger("target.dimension", dimension, 1);
  const law = requireExact(target);
  requireMethods("target.denoiser", law.denoiser, ["open"]);
  if (mean !== undefined) {
    requireTyped("target.mean", mean, Float64Array);
    requireLength("target.mean", mean, dimension);
  }
  if (cells !== undefined) {
    const { weights } = requireMethods("target.cells", cells, ["draw"]);
    const isList = Array.isArray(weights) || ArrayBuffer.isView(weights);
    if (!isList) throw new ArgumentTypeError("target.cells.weights", "must be a list of probabilities", weights);
  }
  return law;
}
