import { requireSamples } from "../../divergence/samples.js";
import { requireFunction, requireInteger } from "../../errors.js";
import { keysOf, requireOptions } from "../../options.js";
import { inOrder } from "../../workers/concurrent.js";
import { hold } from "../../workers/task.js";
import { requirePool, type WorkerPool } from "../../workers/worker-pool.js";
import type { Assumption } from "../bound.js";
import { requireConfidence } from "../confidence.js";
import { groupSizes } from "../lower-bound/groups.js";
import { type DifferencePlan, differenceFromBelow, planDifference } from "../lower-bound/mean-difference.js";
import { splitSizes } from "../lower-bound/split-rows.js";
import type { TheoremId } from "../registry/index.js";
import { type Classified, type ClassifierCall, classifiers } from "./classifier-task.js";

/** Rows of two laws; see `totalVariationLowerBound`. */
export interface TotalVariationRequest {
  /** Held-out rows, float32 [n, dimension], at least 16. */
  readonly data: Float32Array;
  /** Rows of the sampler, float32 [m, dimension], at least 16. */
  readonly samples: Float32Array;
  readonly dimension: number;
  /** Decides which rows choose a classifier and which evaluate it. */
  readonly seed: number;
}

/** How sure the bound is to be, and who watches; see `totalVariationLowerBound`. */
export interface TotalVariationOptions {
  /** One-sided, in (0, 1 - 1e-12]. Default 0.95. */
  readonly confidence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onAdvance?: ((done: number, of: number) => void) | undefined;
}

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

const requestKeys = keysOf<TotalVariationRequest>({ data: true, samples: true, dimension: true, seed: true });
const optionKeys = keysOf<TotalVariationOptions>({ confidence: true, signal: true, onAdvance: true });

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
  request: TotalVariationRequest,
  options: TotalVariationOptions = {},
): Promise<TotalVariationBound> {
  const { data, samples, dimension, seed } = requireOptions("request", request, requestKeys);
  const { confidence = 0.95, signal, onAdvance } = requireOptions("options", options, optionKeys);
  requirePool(pool);
  requireSamples(data, samples, dimension);
  requireInteger("seed", seed, 0);
  requireConfidence(confidence, 0);
  if (onAdvance !== undefined) requireFunction("onAdvance", onAdvance);
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
