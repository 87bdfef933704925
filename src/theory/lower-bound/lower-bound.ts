import { commonScale, requireSamples, scaled } from "../../divergence/samples.js";
import { ArgumentError, requireArray, requireInteger, requireObject } from "../../errors.js";
import { type Engine, requireEngine } from "../../kernels/index.js";
import { keysOf, requireOptions } from "../../options.js";
import { type Assumption, bitsPerDimension } from "../bound.js";
import { requireConfidence } from "../confidence.js";
import type { TheoremId } from "../registry/index.js";
import { bestBet, bettingLowerEnd } from "./betting.js";
import { addGroupMeans, type GroupSizes, groupSizes, moments } from "./groups.js";
import { witnessFamilies } from "./index.js";
import { splitRows } from "./split-rows.js";
import type { WitnessFamily, WitnessRecipe } from "./witness.js";

/** How sure a lower bound is to be, and which witnesses it tries; see `klLowerBound`. */
export interface LowerBoundOptions {
  /** Integer in [0, 2^53): decides the split of the rows and the random directions. */
  readonly seed: number;
  /** One-sided confidence of `value`, in (0, 1 - 1e-12]. Default 0.95. */
  readonly confidence?: number | undefined;
  /** Default: all. */
  readonly families?: readonly WitnessFamily[] | undefined;
}

const optionKeys = keysOf<LowerBoundOptions>({ seed: true, confidence: true, families: true });

/** A number that KL(P || Q) is not below, with the stated confidence, whatever the two laws are. */
export interface LowerBound {
  readonly theorem: TheoremId;
  /** The lower confidence end, nats; never negative. */
  readonly value: number;
  /** What the chosen function shows on the rows of the bound, without its confidence margin, nats: an estimate, below 0 at times. */
  readonly estimate: number;
  readonly confidence: number;
  readonly unit: "nats";
  readonly bitsPerDimension: number;
  /** The function that was chosen: "projection on coordinate 3, 8 cells". */
  readonly method: string;
  /** Rows of both samples together that chose the function, and that the bound was evaluated on. */
  readonly rows: { readonly choice: number; readonly evaluation: number };
  readonly assumptions: readonly Assumption[];
}

/** e^f is cut to at most one of these: what is lost above against what the range of f costs. */
const ceilings = [2, 4, 8, 16, 64, 256, 1024, 4096].map(Math.log);
/** f is cut to at least minus this, or minus the ceiling where that is more. */
const leastFloor = 2;

/**
 * A lower confidence bound on KL(P || Q) from rows of P and of Q, float32 [n, dimension] and [m, dimension]. One half of the rows chooses a
 * function f among the families (a part fits, a part compares, all of them fit again); the other half, which f does not depend on, evaluates E_P f - E_Q e^f + 1.
 * Valid for every n and m. Theorem `data-processing`.
 */
export function klLowerBound(
  engine: Engine,
  p: Float32Array,
  q: Float32Array,
  dimension: number,
  options: LowerBoundOptions,
): LowerBound {
  const { seed, confidence = 0.95, families = witnessFamilies } = requireOptions("options", options, optionKeys);
  requireEngine(engine);
  requireInteger("seed", seed, 0);
  requireArray("families", families);
  for (const [index, family] of families.entries()) requireObject(`families[${index}]`, family);
  requireSamples({ p, q }, dimension);
  requireConfidence(confidence, 0);
  if (families.length === 0) throw new ArgumentError("families", "must not be empty", 0);
  // KL has no scale: rows near 1 keep the functions' ridges and squares in range.
  const scale = commonScale(p, q);
  const [left, right] = [p, q].map((points, sample) =>
    splitRows(engine, scaled(points, scale), dimension, seed, sample),
  );
  const sizes = groupSizes(left.evaluation.length / dimension, right.evaluation.length / dimension);
  const { groups } = sizes;

  let best: (Plan & { readonly recipe: WitnessRecipe }) | undefined;
  for (const family of families) {
    for (const recipe of family.recipes({ engine, p: left.fit, q: right.fit, dimension, seed })) {
      const witness = recipe.fit(left.fit, right.fit);
      const plan = bestPlan(witness(left.comparison), witness(right.comparison), sizes, confidence);
      if (!best || plan.end > best.end) best = { ...plan, recipe };
    }
  }
  if (!best) throw new ArgumentError("families", `must offer a function in dimension ${dimension}`, families.length);
  const witness = best.recipe.fit(left.choice, right.choice);
  const terms = groupTerms(witness(left.evaluation), witness(right.evaluation), groups, best);
  const value = bettingLowerEnd(terms, leastTerm(best), best.bet, confidence);
  return {
    theorem: "data-processing",
    value,
    estimate: terms.reduce((sum, term) => sum + term, 0) / groups,
    confidence,
    unit: "nats",
    bitsPerDimension: bitsPerDimension(value, dimension),
    method: best.recipe.method,
    rows: {
      choice: (left.choice.length + right.choice.length) / dimension,
      evaluation: (left.evaluation.length + right.evaluation.length) / dimension,
    },
    assumptions: [
      {
        statement: "the rows of each sample are independent draws from its law",
        met: true,
        evidence:
          "given: the rows of P must not have trained the sampler of Q; the function was chosen on other rows than the bound is evaluated on",
      },
    ],
  };
}

/** How f is bounded, normalized and bet on. */
interface Plan {
  readonly ceiling: number;
  readonly shift: number;
  readonly bet: number;
  /** What the lower end should come to. */
  readonly end: number;
}

type Clipping = Pick<Plan, "ceiling" | "shift">;

function clipped(f: number, { ceiling, shift }: Clipping): number {
  return Math.min(ceiling, Math.max(-Math.max(ceiling, leastFloor), f)) + shift;
}

/** The least value of f(x) - e^f(y) + 1. */
function leastTerm(clipping: Clipping): number {
  return clipped(Number.NEGATIVE_INFINITY, clipping) - Math.exp(clipped(Number.POSITIVE_INFINITY, clipping)) + 1;
}

/** The ceiling that promises the largest end, by the means and variances on the rows of the comparison; the shift makes E_Q e^f = 1 there. */
function bestPlan(onP: Float64Array, onQ: Float64Array, sizes: GroupSizes, confidence: number): Plan {
  let best: Plan | undefined;
  for (const ceiling of ceilings) {
    const bounded = { ceiling, shift: 0 };
    const f = moments(onP, (value) => clipped(value, bounded));
    const ratio = moments(onQ, (value) => Math.exp(clipped(value, bounded)));
    const shift = -Math.log(ratio.mean);
    const variance = f.variance / sizes.p + ratio.variance / (ratio.mean * ratio.mean) / sizes.q;
    const least = leastTerm({ ceiling, shift });
    const plan = { ceiling, shift, ...bestBet(f.mean + shift, variance, least, sizes.groups, confidence) };
    if (!best || plan.end > best.end) best = plan;
  }
  if (!best) throw new ArgumentError("ceilings", "must not be empty", 0);
  return best;
}

/** Mean of f over the group's rows of P, minus that of e^f over its rows of Q, plus 1: one number for each group. */
function groupTerms(onP: Float64Array, onQ: Float64Array, groups: number, plan: Plan): Float64Array {
  const terms = new Float64Array(groups).fill(1);
  addGroupMeans(terms, onP, (value) => clipped(value, plan));
  addGroupMeans(terms, onQ, (value) => -Math.exp(clipped(value, plan)));
  return terms;
}
