import type { TheoremId } from "./registry/index.js";

/** Two-sided interval of an estimate, by Student's t: how noisy it is, and no certified end. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Something the statement of a bound needs. `met` is false where it was checked and fails: the value is then null. */
export interface Assumption {
  readonly statement: string;
  readonly met: boolean;
  /** True where it was taken for granted, since nothing that was sampled could show it. */
  readonly assumed?: true;
  /** How it was checked, or why it is taken for granted. */
  readonly evidence: string;
}

/** One summand of a bound, nats. */
export interface BoundTerm {
  readonly value: number;
  /** One-sided upper confidence end; the value itself for a closed form. */
  readonly upper: number;
  readonly meaning: string;
}

/**
 * A bound on KL in nats. `value` is the estimate of the bound, `upper` its one-sided upper confidence end: the certificate is `upper`.
 * Both are null where an assumption fails; `vacuous` then says why.
 */
export interface Bound {
  readonly name: string;
  /** What it evaluates: a key of the theorem registry. */
  readonly theorem: TheoremId;
  readonly value: number | null;
  readonly upper: number | null;
  readonly unit: "nats";
  /** The same upper end divided by d log 2. */
  readonly bitsPerDimension: number | null;
  readonly confidence: number;
  readonly terms: Readonly<Record<string, BoundTerm>>;
  readonly assumptions: readonly Assumption[];
  readonly interval: Interval | null;
  /** Forward paths that the Monte Carlo terms average over. */
  readonly samples: number;
  /** Which events may have been missed, where any may: a sentence for the summary. */
  readonly caveat?: string;
  readonly vacuous?: string;
}

/** nats / (d log 2). */
export function bitsPerDimension(nats: number, dimension: number): number {
  return nats / (dimension * Math.LN2);
}

/** The sum of its terms; without a value where an assumption fails or the sum is not finite. Nothing is known of the terms then. */
export function summedBound({
  name,
  theorem,
  terms,
  assumptions,
  confidence,
  dimension,
}: Pick<Bound, "name" | "theorem" | "terms" | "assumptions" | "confidence"> & { readonly dimension: number }): Bound {
  const each = Object.values(terms);
  const upper = each.reduce((sum, term) => sum + term.upper, 0);
  if (!Number.isFinite(upper) || assumptions.some(({ met }) => !met)) {
    return vacuousBound(name, theorem, assumptions, confidence);
  }
  return {
    name,
    theorem,
    value: each.reduce((sum, term) => sum + term.value, 0),
    upper,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(upper, dimension),
    confidence,
    terms,
    assumptions,
    interval: null,
    samples: 0,
  };
}

/** What n independent draws of a law cannot show: with probability above 0.95 an event of probability 3 / n occurs among them, not a rarer one. */
export function missedEvents(draws: number, what: string): string {
  return `events of probability below ${Number((3 / draws).toPrecision(2))} are not covered: ${draws} independent ${what} need not show one`;
}

/** The bound without a value: names the first assumption that fails. */
export function vacuousBound(
  name: string,
  theorem: TheoremId,
  assumptions: readonly Assumption[],
  confidence: number,
): Bound {
  const failed = assumptions.find((assumption) => !assumption.met);
  return {
    name,
    theorem,
    value: null,
    upper: null,
    unit: "nats",
    bitsPerDimension: null,
    confidence,
    terms: {},
    assumptions,
    interval: null,
    samples: 0,
    vacuous: failed ? `${failed.statement}: ${failed.evidence}` : "no finite value",
  };
}
