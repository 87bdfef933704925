import { inOrder } from "../../workers/concurrent.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { Assumption } from "../bound.js";
import { requireConfidence } from "../confidence.js";
import { groupSizes } from "../lower-bound/groups.js";
import { type DifferencePlan, differenceFromBelow, planDifference } from "../lower-bound/mean-difference.js";
import { splitSizes } from "../lower-bound/split-rows.js";
import type { TheoremId } from "../registry/index.js";
import { type Classified, type ClassifierCall, classifiers } from "./classifier-task.js";
import { requireTwoSamples, type TwoSamples, type TwoSamplesOptions } from "./two-samples.js";

/** A number in [0, 1] that the total variation distance of two laws is not below. */
export interface TotalVariationBound {
  readonly theorem: TheoremId;
  /** The lower confidence end. */
  readonly value: number;
  /** What the classifier shows on the rows of the bound, without the margin. */
  readonly estimate: number;
  readonly confidence: number;
  /** The classifier that was chosen: by the sign of which log ratio. */
  readonly method: string;
  /** Rows of both samples together that chose the classifier, and that it was evaluated on. */
  readonly rows: { readonly choice: number; readonly evaluation: number };
  readonly assumptions: readonly Assumption[];
}

/** The least value of g(x) - g(y) for g in [0, 1]. */
const leastDifference = -1;

/**
 * A lower confidence bound on the total variation distance sup over events |P(A) - Q(A)| of two laws from rows of each: TV >= E_P g - E_Q g for every g in
 * [0, 1]. One half of the rows chooses g, which says where an estimate of the log density ratio is above 0, among the families of the lower bound on KL;
 * the other half bets on it. Valid for every n and m and any laws. No number of rows gives an upper end below 1. The same for any number of workers.
 * Theorem `total-variation`; docs/theory.md, 5c.
 */
export async function totalVariationLowerBound(
  pool: WorkerPool,
  request: TwoSamples,
  options: TwoSamplesOptions = {},
): Promise<TotalVariationBound> {
  requireTwoSamples(pool, request, options);
  const { data, samples, dimension, seed } = request;
  const { confidence = 0.95, signal, onAdvance } = options;
  requireConfidence(confidence, 0);
  const [n, m] = [data.length / dimension, samples.length / dimension];
  const [p, q] = [splitSizes(n), splitSizes(m)];
  const sizes = groupSizes(n - p.choice, m - q.choice);
  const task = hold(pool, classifiers, { p: data, q: samples, dimension, seed });
  const ask = (call: ClassifierCall) => task.call(call, { signal });
  const planOf = ({ onP, onQ }: Classified) => planDifference(onP, onQ, sizes, leastDifference, confidence);
  try {
    const first = await ask({ recipe: 0, on: "comparison" });
    const steps = first.recipes + 1;
    onAdvance?.(1, steps);
    let best: DifferencePlan & { readonly recipe: number } = { ...planOf(first), recipe: 0 };
    const others = Array.from({ length: first.recipes - 1 }, (_, index) => index + 1);
    const compare = async (recipe: number) => ({ recipe, ...planOf(await ask({ recipe, on: "comparison" })) });
    for await (const plan of inOrder(others, pool.size + 1, compare)) {
      if (plan.end > best.end) best = plan;
      onAdvance?.(plan.recipe + 1, steps);
    }
    const { onP, onQ, method } = await ask({ recipe: best.recipe, on: "evaluation" });
    onAdvance?.(steps, steps);
    return {
      theorem: "total-variation",
      ...differenceFromBelow(onP, onQ, sizes, best, leastDifference, confidence),
      confidence,
      method,
      rows: { choice: p.choice + q.choice, evaluation: n + m - p.choice - q.choice },
      assumptions: [
        {
          statement: "the rows of each sample are independent draws from its law",
          met: true,
          assumed: true,
          evidence: `${n} held-out rows, which the sampler must not have seen, and ${m} samples; the classifier was chosen on other rows than it is evaluated on`,
        },
      ],
    };
  } finally {
    task.close();
  }
}
