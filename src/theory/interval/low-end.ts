import { bestBet, bettingLowerEnd } from "../lower-bound/betting.js";
import { meanOf } from "./mean.js";
import { type LawRows, mostFactor, type SamplerRows } from "./weighted-rows.js";

/** A lower end of KL(q_delta || p_theta), nats. */
export interface LowEnd {
  /** Estimate of the bound, without its confidence margin. */
  readonly estimate: number;
  readonly end: number;
}

/** f = U cut to [-floor, ceiling], plus shift; and what is bet on it. */
interface Plan {
  readonly ceiling: number;
  readonly floor: number;
  readonly shift: number;
  readonly bet: number;
  /** What the lower end should come to. */
  readonly promise: number;
}

type Witness = Omit<Plan, "bet" | "promise">;

/** e^f is cut to at most one of these. */
const ceilings = [2, 4, 8, 16, 64, 256].map(Math.log);
const leastFloor = 2;

/**
 * Betting on the witness f = clip(U) of rows and their paths (docs/theory.md, 2i):
 *
 *     KL(q_delta || p_theta) >= E_Q f(U) - E e^f(V) + 1.
 *
 * Two differences of mean 0 are added, which take most of the noise away where both laws are near: E_Q min(e^-U, M) = E_P min(1, M e^V_c) and
 * E_Q min(1, C e^-U) = E_P min(e^V_c, C). All terms are bounded, so the end holds for any number of rows and any law of theirs. The first
 * `pilot` pairs of rows choose how f is cut, its shift and the bet; the others are bet on.
 */
export function lowEnd(law: LawRows, sampler: SamplerRows, pilot: number, errorProbability: number): LowEnd {
  const count = law.u.length - pilot;
  const confidence = 1 - errorProbability;
  let best: Plan | undefined;
  for (const ceiling of ceilings) {
    const plan = planOf(law, sampler, ceiling, { pilot, count, confidence });
    if (!best || plan.promise > best.promise) best = plan;
  }
  if (!best || count < 1) return { estimate: 0, end: 0 };
  const terms = termsOf(law, sampler, pilot, law.u.length, best);
  const end = bettingLowerEnd(terms, leastTerm(best), best.bet, confidence);
  return { estimate: meanOf(terms), end };
}

interface PlanInput {
  readonly pilot: number;
  readonly count: number;
  readonly confidence: number;
}

/** The plan for one ceiling: of no shift and the one that makes E e^f 1, the one that promises more. */
function planOf(law: LawRows, sampler: SamplerRows, ceiling: number, input: PlanInput): Plan {
  const { pilot, count, confidence } = input;
  const floor = Math.max(ceiling, leastFloor);
  const plans = [0, -Math.log(massOf(law, sampler, pilot, { ceiling, floor, shift: 0 }))].map((shift): Plan => {
    const witness = { ceiling, floor, shift };
    const terms = termsOf(law, sampler, 0, pilot, witness);
    const center = meanOf(terms);
    const variance = terms.reduce((sum, term) => sum + (term - center) ** 2, 0) / Math.max(1, pilot - 1);
    // Equal pilot terms say nothing of rare ones: at least one unlike the others may have been missed.
    const least = leastTerm(witness);
    const { bet, end } = bestBet(center, Math.max(variance, 1 / pilot ** 2), least, count, confidence);
    return { ...witness, bet, promise: end };
  });
  return plans[1].promise > plans[0].promise ? plans[1] : plans[0];
}

/** E e^f(V) by the rows of the pilot, its noise lessened by rows of the same mean; at least 1/4, at most 4. */
function massOf(law: LawRows, sampler: SamplerRows, pilot: number, witness: Witness): number {
  const most = Math.exp(witness.ceiling);
  let sum = 0;
  for (let row = 0; row < pilot; row++) {
    sum += Math.exp(clipped(sampler.u[row], witness)) - Math.min(Math.exp(sampler.conditional[row]), most);
    sum += law.factors[row] * Math.min(1, most * Math.exp(-law.u[row]));
  }
  return pilot === 0 ? 1 : Math.min(4, Math.max(0.25, sum / pilot));
}

/** One number for each pair of a row of the law and one of the sampler; their mean is the bound. */
function termsOf(law: LawRows, sampler: SamplerRows, first: number, end: number, witness: Witness): Float64Array {
  return Float64Array.from({ length: end - first }, (_, at) => {
    const row = first + at;
    return (
      law.factors[row] * lawTerm(law.u[row], witness) + samplerTerm(sampler.u[row], sampler.conditional[row], witness)
    );
  });
}

/** f(U) + min(e^-U, M) - e^shift min(1, C e^-U), C = e^ceiling, M = e^floor. */
function lawTerm(u: number, witness: Witness): number {
  const { ceiling, floor, shift } = witness;
  const ratio = Math.exp(-u);
  return (
    clipped(u, witness) + Math.min(ratio, Math.exp(floor)) - Math.exp(shift) * Math.min(1, Math.exp(ceiling) * ratio)
  );
}

/** 1 - e^f(V) - min(1, M e^V_c) + e^shift min(e^V_c, C). */
function samplerTerm(u: number, conditional: number, witness: Witness): number {
  const { ceiling, floor, shift } = witness;
  const ratio = Math.exp(conditional);
  const controls = Math.min(1, Math.exp(floor) * ratio) - Math.exp(shift) * Math.min(ratio, Math.exp(ceiling));
  return 1 - Math.exp(clipped(u, witness)) - controls;
}

function clipped(u: number, { ceiling, floor, shift }: Witness): number {
  return Math.min(ceiling, Math.max(-floor, u)) + shift;
}

/** No term is below it: both parts are monotone between these points. */
function leastTerm(witness: Witness): number {
  const { ceiling, floor } = witness;
  const points = [Number.NEGATIVE_INFINITY, -floor, 0, ceiling, Number.POSITIVE_INFINITY];
  const turning = points.map((u) => lawTerm(u, witness));
  const own = points.map((conditional) => samplerTerm(ceiling, conditional, witness));
  return mostFactor * Math.min(0, ...turning) + Math.min(...own);
}
