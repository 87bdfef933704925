import { levelsOf } from "../../diffusion/grid.js";
import { samplers } from "../../diffusion/samplers/index.js";
import { FedscoreError } from "../../errors.js";
import type { Target } from "../../targets/target.js";
import { type Assumption, missedEvents } from "../bound.js";
import { type Strata, unitPaths } from "./strata.js";
import type { CertificateSubject } from "./subject.js";
import type { Tally } from "./tally.js";
import type { StepVisits } from "./units.js";

/** Half a unit in the last place of float32, relative. */
const rounding = 2 ** -24;
/** Most that a state may be rounded by, as a share of sigma_delta. */
const mostRounding = 1 / 16;

/** The largest log snr at which float32 resolves the noise beside data whose largest coordinate is `reach`. */
export function mostResolvedLogSnr(reach: number): number {
  return -2 * Math.log((reach * rounding) / mostRounding);
}

/**
 * Refuses a law that float32 states do not resolve at delta: the sampler's states would lie on a lattice that is coarse beside the noise, and no
 * KL of exact arithmetic would speak of them. `reach` is the largest coordinate of |X_0|.
 * @throws FedscoreError FEDSCORE_UNSUPPORTED.
 */
export function requireResolution({ schedule, grid, target }: CertificateSubject, reach: number): void {
  const level = levelsOf(schedule, grid)[grid.times.length - 1];
  const error = level.alpha * reach * rounding;
  if (error <= mostRounding * level.sigma) return;
  throw new FedscoreError(
    "FEDSCORE_UNSUPPORTED",
    `${target.name} reaches to |x| = ${digits(reach)}, where float32 rounds by ${digits(error)}, and the noise at the grid's last time ${level.t} is only sigma = ${digits(level.sigma)}: rounding must stay below sigma / ${1 / mostRounding}; standardize or centre the data, or end the grid at a later time`,
    { reach, rounding: error, sigma: level.sigma },
  );
}

interface Evidence {
  readonly subject: CertificateSubject;
  readonly strata: Strata;
  readonly visits: StepVisits;
  readonly tally: Tally;
  readonly initialization: number | undefined;
  readonly confidence: number;
  readonly precision: number | undefined;
  readonly errorProbability: number;
  readonly ceiling: number;
}

/** All that the level of a certificate rests on. */
export function certificateAssumptions(evidence: Evidence): Assumption[] {
  const { target, sampler, grid, schedule } = evidence.subject;
  return [
    { statement: `the data law is ${target.name}, with its exact denoiser`, met: true, evidence: "closed form" },
    {
      statement: `samples come from ${sampler} on the grid ${grid.name} of schedule ${schedule.name}, in arithmetic without rounding`,
      met: true,
      evidence: `${samplers[sampler].source}; float32 states are rounded by less than ${mostRounding} of the noise that is left at the end`,
    },
    coverageOf(evidence.subject.target, {
      ...evidence,
      missed: missedOf(evidence.subject, evidence.tally),
      noun: "path",
    }),
    {
      statement: `no cost is hidden that nothing announced: where a unit of paths would add more than ${digits(evidence.ceiling)} nats to the total, it adds at most twice that on average`,
      met: true,
      assumed: true,
      evidence: `none of ${evidence.tally.units} independent units of ${unitPaths} paths added more; nothing else is assumed of the law of the costs, not that it is normal (docs/theory.md, 2g)`,
    },
    {
      statement: `the error probability ${digits(1 - evidence.confidence)} was split before the paths were seen`,
      met: true,
      evidence: split(evidence),
    },
  ];
}

/** What a reader of the certificate should know: what may have been missed of a law without known parts, and a grid that was not made for the sampler. */
export function caveatOf(subject: CertificateSubject, tally: Tally): string | undefined {
  const caveats = [missedOf(subject, tally), foreignGrid(subject)].filter((caveat) => caveat !== undefined);
  return caveats.length === 0 ? undefined : caveats.join("; ");
}

function missedOf({ target }: CertificateSubject, tally: Tally): string | undefined {
  return target.cells ? undefined : missedEvents(tally.units * unitPaths, "paths");
}

/** Best grids take their longest steps where their own sampler needs no shorter ones. */
export function foreignGrid({ grid: { tunedFor }, sampler }: CertificateSubject): string | undefined {
  if (tunedFor === undefined || tunedFor === sampler) return undefined;
  return `the grid was made for ${tunedFor}: ${sampler} may do much better on one of its own`;
}

/** How the parts of a law were visited. */
interface Visits {
  readonly strata: Strata;
  /** Fewest units of a stratum. */
  readonly tally: Pick<Tally, "fewest">;
  readonly visits: StepVisits;
  /** What may have been missed of a law without known parts. */
  readonly missed: string | undefined;
  /** What starts in a cell: "path". */
  readonly noun: string;
}

/** Whether any part of the law could have been missed. */
export function coverageOf(
  target: Target,
  { strata, tally, visits: { stride, thinning }, missed, noun }: Visits,
): Assumption {
  if (missed !== undefined || !target.cells) {
    return {
      statement: `no event that is too rare to be among the ${noun}s matters`,
      met: true,
      assumed: true,
      evidence: `not checked, as the law can only be drawn from: ${missed}`,
    };
  }
  const { weights, noun: parts } = target.cells;
  const starts = strata.grouped ? tally.fewest : tally.fewest * unitPaths;
  const steps = thinning === 1 ? "all steps" : `one in ${thinning} steps from a random one on`;
  const split = stride === 1 ? "" : `; score and discretization are told apart at one in ${stride}, the total is not`;
  return {
    statement: "no part of the data law is left to chance",
    met: true,
    evidence: `${weights.length} ${parts}, each the start of at least ${starts} ${starts === 1 ? noun : `${noun}s`} over ${steps}, counted with their known probabilities${split}`,
  };
}

function split({ initialization, precision, errorProbability, confidence }: Evidence): string {
  const first =
    initialization !== undefined
      ? "the initialization is in closed form"
      : "the initialization is part of the sampled costs";
  const looks =
    precision === undefined
      ? "one look at the end"
      : `the k-th look at the precision has 1/(k(k+1)) of it, so the end holds at any of them; the last had ${digits(errorProbability / (1 - confidence))}`;
  return `${first}; ${looks}; the j-th doubling of the ceiling has 1/((j+1)(j+2)) of that, halved between the mean and its variance (union bound)`;
}

/** Three significant digits. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
