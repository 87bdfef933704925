import { samplers } from "../../diffusion/samplers/index.js";
import { type Assumption, missedEvents } from "../bound.js";
import { coverageOf, digits, foreignGrid } from "../certificate/assumptions.js";
import { type Strata, unitPaths } from "../certificate/strata.js";
import type { CertificateSubject } from "../certificate/subject.js";
import { everyStep } from "../certificate/units.js";
import type { FlowEnds, FlowTally } from "./flow-tally.js";
import type { Determinants } from "./flow-units.js";

/** What a change of variables is about. */
export interface FlowSubject extends CertificateSubject {
  /** Whether it is the law's own denoiser that is certified. */
  readonly exact: boolean;
  readonly determinants: Determinants;
}

/** What a certificate by change of variables rests on, as far as it is known. */
export interface FlowEvidence {
  readonly subject: FlowSubject;
  readonly strata: Strata;
  readonly tally: FlowTally;
  readonly confidence: number;
  readonly precision: number | undefined;
}

/** A step of DDIM with an exact denoiser is the gradient of a strongly convex function. */
function isProvedBijection({ exact, sampler }: FlowSubject): boolean {
  return exact && sampler === "ddim";
}

/** What a reader should know: which events may have been missed, where any may, and a grid that was not made for the sampler. */
export function flowCaveat({ subject, tally }: FlowEvidence): string | undefined {
  const sure = subject.target.cells && isProvedBijection(subject);
  const missed = sure || tally.rows === 0 ? undefined : missedEvents(tally.rows, "rows");
  const caveats = [missed, foreignGrid(subject)].filter((caveat) => caveat !== undefined);
  return caveats.length === 0 ? undefined : caveats.join("; ");
}

/** All that the level of the certificate rests on; `ends` is absent where a row has no preimage. */
export function flowAssumptions(evidence: FlowEvidence, ends: FlowEnds | undefined): Assumption[] {
  const { subject, strata, tally } = evidence;
  const { target, sampler, grid, schedule } = subject;
  const found = preimages(evidence);
  if (!ends) return [found];
  const missed = target.cells ? undefined : missedEvents(tally.rows, "rows");
  return [
    { statement: `the data law is ${target.name}, with its density`, met: true, evidence: "closed form" },
    {
      statement: `samples come from ${sampler} on the grid ${grid.name} of schedule ${schedule.name}, in float64 arithmetic`,
      met: true,
      evidence: `${samplers[sampler].source}; samples in float32 differ from it by their rounding, of which nothing is claimed`,
    },
    found,
    ...(subject.determinants === "exact" ? [solutions(evidence)] : [nearSolutions(evidence), estimates]),
    coverageOf(target, { strata, tally, visits: everyStep, missed, noun: "row" }),
    {
      statement: `no cost is hidden that nothing announced: where a unit of rows would add more than ${digits(ends.ceiling)} nats to the term density, it adds at most twice that on average`,
      met: true,
      assumed: true,
      evidence: `none of ${tally.rows / unitPaths} independent units of ${unitPaths} rows added more; nothing else is assumed of the law of U, not that it is normal (docs/theory.md, 2g)`,
    },
    {
      statement: `the error probability ${digits(1 - evidence.confidence)} was split before the rows were seen`,
      met: true,
      evidence: split(evidence, ends),
    },
  ];
}

/** That the inverse of every row was found. */
function preimages({ subject, tally }: FlowEvidence): Assumption {
  const { tried, failed } = tally.inversions;
  const statement = `every point of the data law is reached by ${subject.sampler}`;
  if (failed > 0) return { statement, met: false, evidence: `no preimage found for ${failed} of ${tried} rows` };
  if (isProvedBijection(subject)) {
    const evidence = `proved for an exact denoiser (docs/theory.md, 2j); all of ${tried} rows were inverted`;
    return { statement, met: true, evidence };
  }
  return {
    statement,
    met: true,
    assumed: true,
    evidence: `all of ${tried} rows were inverted; a part of probability below ${digits(3 / tried)} could lack a preimage and not be among them, and KL would be infinite`,
  };
}

/** That the points found stand for true preimages. */
function solutions({ tally }: FlowEvidence): Assumption {
  const { residual, inverseNorm, lipschitz } = tally.inversions.quality;
  return {
    statement: `near the points that were found the Jacobian of a step has a Lipschitz constant of at most M_max = ${digits(lipschitz)}, so that true preimages are next to them`,
    met: true,
    assumed: true,
    evidence: `Newton's method ended at residuals of at most ${digits(residual)} (1 + |y|) with |DF^-1| at most ${digits(inverseNorm)}, so M_max = 1 / (2 |DF^-1|^2 |F(x) - y|) by Newton and Kantorovich; the constant itself is not known, and a network of ReLU has one almost everywhere only`,
  };
}

/** The same of steps whose derivative is at least c_x I. */
function nearSolutions({ tally }: FlowEvidence): Assumption {
  const { residual, inverseNorm } = tally.inversions.quality;
  return {
    statement: "true preimages are next to the points that were found",
    met: true,
    evidence: `a step's derivative is at least c_x I, so they are at most |F(x) - y| / c_x away: residuals were at most ${digits(residual)} (1 + |y|), 1 / c_x at most ${digits(inverseNorm)}`,
  };
}

const estimates: Assumption = {
  statement: "estimates of the log-determinants have no bias",
  met: true,
  evidence:
    "the Jacobian of an exact denoiser is symmetric, with eigenvalues between 0 and an end in closed form at every point, so the series of the logarithm converges; it is cut at random, with weights that undo it (docs/theory.md, 2j). U is averaged as it is",
};

function split({ precision, confidence }: FlowEvidence, { errorProbability, stray }: FlowEnds): string {
  const looks =
    precision === undefined
      ? "one look at the end"
      : `the k-th look at the precision has 1/(k(k+1)) of it, so the end holds at any of them; the last had ${digits(errorProbability / (1 - confidence))}`;
  return stray ? `${looks}; half for each of the two terms (union bound)` : looks;
}
