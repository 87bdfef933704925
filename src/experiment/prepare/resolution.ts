import type { TimeGrid } from "../../diffusion/grid.js";
import { changedSetting, samplerName } from "../../diffusion/samplers/index.js";
import type { NoiseSchedule } from "../../diffusion/schedule.js";
import { ArgumentError, FedscoreError } from "../../errors.js";
import { mostResolvedLogSnr } from "../../theory/certificate/assumptions.js";
import { pathCostOf } from "../../theory/certificate/index.js";
import { isFlow } from "../../theory/flow/flow-task.js";
import type { ExperimentConfig } from "../config/schema.js";
import { namedIn } from "../config/section.js";
import type { RunLaw } from "./exact-law.js";

/** What a run is about to train on, and where its sampling ends. */
export interface CertifiedRun {
  readonly law: RunLaw;
  readonly schedule: NoiseSchedule;
  /** undefined: a certified one, whose ends are those of the config. */
  readonly grid: TimeGrid | undefined;
  /** Training points in the coordinates of the network. */
  readonly points: Float32Array;
}

/** Points that a certificate draws of a law reach farther than those of training, but not so far. */
const lawReach = 2;

/**
 * Refuses a run whose certificate would be refused after training: one that stops sampling where float32 does not resolve the noise that is left.
 * @throws FedscoreError FEDSCORE_INVALID_CONFIG naming the key that decides it, and the least that it may be.
 */
export function requireResolvedEnd(config: ExperimentConfig, run: CertifiedRun): void {
  if (!isCertified(config, run)) return;
  const { schedule, grid, points, law } = run;
  const { key, rule, time } = endOf(config, schedule, grid);
  const reach = points.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * ("law" in law ? lawReach : 1);
  const most = mostResolvedLogSnr(reach);
  if (schedule.logSnr(time) <= most) return;
  const why = `float32 resolves the noise that is left there, as a certificate needs it, beside data that may reach to |x| = ${Number(reach.toPrecision(3))}`;
  const wayOut = "standardize or centre the data, or set config.certificate to false";
  if (schedule.logSnr(schedule.tMax) > most) {
    const message = `config.schedule of kind "${schedule.name}" has no time where ${why}: ${wayOut}`;
    throw new FedscoreError("FEDSCORE_INVALID_CONFIG", message, { reach });
  }
  const least = `${rule} ${roundedUp(schedule.time(most))}, from where on ${why}; or ${wayOut}`;
  throw namedIn("config", new ArgumentError(key, least, time));
}

function isCertified({ certificate, sampling }: ExperimentConfig, { law, schedule }: CertifiedRun): boolean {
  if (!certificate) return false;
  const spec = certificate.sampler ?? sampling.sampler;
  if (changedSetting(spec) !== undefined) return false;
  const sampler = samplerName(spec);
  const cost = pathCostOf(sampler);
  const isPossible = cost ? cost.refuses?.(schedule) === undefined : isFlow(sampler, schedule);
  return isPossible && ("law" in law || certificate.empiricalPaths > 0);
}

/** The last time of sampling, the key of the config that says it, and what the key is told with a time. */
interface SamplingEnd {
  readonly key: string;
  readonly rule: string;
  readonly time: number;
}

function endOf(
  { sampling, schedule }: ExperimentConfig,
  { tMin }: NoiseSchedule,
  grid: TimeGrid | undefined,
): SamplingEnd {
  const { grid: spec } = sampling;
  const steps = (grid?.times.length ?? 0) - 1;
  const time = grid?.times[steps] ?? ("end" in spec ? spec.end : undefined) ?? tMin;
  const rule = "must be at least";
  if (spec.kind === "user") return { key: `sampling.grid.times[${steps}]`, rule, time };
  if (spec.end !== undefined) return { key: "sampling.grid.end", rule, time };
  if (spec.kind === "benton" && spec.kappa !== undefined) return { key: "sampling.grid", rule: "must end at", time };
  return { key: schedule.kind === "user" ? "schedule.times[0]" : "schedule.tMin", rule, time };
}

/** To two digits: a little more than what is just enough. */
function roundedUp(least: number): number {
  const unit = 10 ** (Math.floor(Math.log10(least)) - 1);
  return Number((Math.ceil(least / unit) * unit).toPrecision(2));
}
