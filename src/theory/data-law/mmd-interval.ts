import { requireNumber } from "../../errors.js";
import { inOrder } from "../../workers/concurrent.js";
import { hold } from "../../workers/task.js";
import type { WorkerPool } from "../../workers/worker-pool.js";
import type { Assumption } from "../bound.js";
import { groupSizes } from "../lower-bound/groups.js";
import { differenceFromBelow, planDifference } from "../lower-bound/mean-difference.js";
import { splitSizes } from "../lower-bound/split-rows.js";
import type { TheoremId } from "../registry/index.js";
import { KernelMeans, rounding } from "./kernel-means.js";
import { kernelSums } from "./kernel-sums-task.js";
import { requireSplitConfidence } from "./split-confidence.js";
import { requireTwoSamples, type TwoSamples, type TwoSamplesOptions } from "./two-samples.js";

/** Rows of the data law and of the sampler's, and the kernel; see `mmdInterval`. */
export interface MmdRequest extends TwoSamples {
  /** Of the kernel exp(-|x - y|^2 / (2 bandwidth^2)), > 0: chosen without looking at these rows. */
  readonly bandwidth: number;
}

/** Ends between which the MMD of two LAWS lies: all functions of norm 1 in the kernel's space have means that differ by at most that. */
export interface MmdInterval {
  readonly theorem: TheoremId;
  readonly lower: number;
  readonly upper: number;
  /** Distance of the two samples' own mean embeddings (the biased V-statistic): larger than that of the laws in the mean. */
  readonly estimate: number;
  /** Both ends hold at once with it. */
  readonly confidence: number;
  readonly bandwidth: number;
  readonly rows: { readonly data: number; readonly samples: number };
  readonly assumptions: readonly Assumption[];
}

/** Rows of one call. */
const callRows = 128;
const all = ["fit", "rest", "evaluation"] as const;
/** Of the upper end's error probability, what each of the two variances has. */
const varianceShare = 1 / 20;
/** The least value of f(x) - f(y) for f in [-1, 1]. */
const leastDifference = -2;

/**
 * Confidence ends of the maximum mean discrepancy of two laws, from n rows of one and m of the other, for any laws and any n, m. With probability 1 - a
 *
 *     MMD(P, Q) <= MMD_V + sqrt(V_P / n + V_Q / m) + sqrt((1 / n + 1 / m) log(1 / a)),
 *
 * MMD_V the biased V-statistic and V = 1 - E k(X, X') (bounded from rows by Hoeffding's inequality). From below the normalized difference of mean embeddings of one
 * half of the rows is evaluated on the other half, by betting. Half of the error probability each. The same numbers for any number of workers.
 * Cost: (n + m)^2 kernel values. Theorem `mmd`; docs/theory.md, 5b.
 */
export async function mmdInterval(
  pool: WorkerPool,
  request: MmdRequest,
  options: TwoSamplesOptions = {},
): Promise<MmdInterval> {
  requireTwoSamples(pool, request, options, ["bandwidth"]);
  const { data, samples, dimension, bandwidth, seed } = request;
  const { confidence = 0.95, signal, onAdvance } = options;
  requireNumber("bandwidth", bandwidth, "must be > 0", (value) => value > 0);
  requireSplitConfidence(confidence);
  const [n, m] = [data.length / dimension, samples.length / dimension];
  const means = new KernelMeans(n, m);
  const task = hold(pool, kernelSums, { p: data, q: samples, dimension, bandwidth, seed });
  const from = async (start: number) => {
    const rows = Math.min(callRows, n + m - start);
    return { start, rows, sums: await task.call({ start, rows }, { signal }) };
  };
  const starts = Array.from({ length: Math.ceil((n + m) / callRows) }, (_, call) => call * callRows);
  try {
    for await (const { start, rows, sums } of inOrder(starts, pool.size + 1, from)) {
      means.add(start, sums);
      onAdvance?.(start + rows, n + m);
    }
  } finally {
    task.close();
  }
  const error = (1 - confidence) / 2;
  return {
    theorem: "mmd",
    lower: lowerEndOf(means, n, m, 1 - error),
    upper: upperEndOf(means, n, m, error),
    estimate: Math.sqrt(means.squaredDistance(all)),
    confidence,
    bandwidth,
    rows: { data: n, samples: m },
    assumptions: [
      {
        statement: "the rows of each sample are independent draws from its law",
        met: true,
        assumed: true,
        evidence: `${n} held-out rows, which the sampler must not have seen, and ${m} samples`,
      },
      {
        statement: "the bandwidth was fixed without looking at these rows",
        met: true,
        assumed: true,
        evidence: `${Number(bandwidth.toPrecision(4))}, given`,
      },
    ],
  };
}

function upperEndOf(means: KernelMeans, n: number, m: number, error: number): number {
  const [p, q] = [
    varianceFromAbove(means.mean("p", "p", all), n, varianceShare * error),
    varianceFromAbove(means.mean("q", "q", all), m, varianceShare * error),
  ];
  const deviation = Math.sqrt((1 / n + 1 / m) * -Math.log(error * (1 - 2 * varianceShare)));
  const distance = Math.sqrt(means.squaredDistance(all) + rounding);
  return Math.min(Math.SQRT2, distance + Math.sqrt(p / n + q / m) + deviation);
}

/** Upper end of 1 - E k(X, X') from the mean of k over all pairs, a row with itself included: Hoeffding's inequality for the mean over different rows. */
function varianceFromAbove(meanOfPairs: number, rows: number, error: number): number {
  const different = (rows * meanOfPairs - 1) / (rows - 1);
  const deviation = Math.sqrt(-Math.log(error) / (2 * Math.floor(rows / 2)));
  return Math.min(1, Math.max(0, 1 - different + deviation));
}

function lowerEndOf(means: KernelMeans, n: number, m: number, confidence: number): number {
  const [p, q] = [splitSizes(n), splitSizes(m)];
  const sizes = groupSizes(n - p.choice, m - q.choice);
  const compared = [
    means.witness(["fit"], "p", p.fit, p.comparison),
    means.witness(["fit"], "q", q.fit, q.comparison),
  ] as const;
  const plan = planDifference(...compared, sizes, leastDifference, confidence);
  const chosen = ["fit", "rest"] as const;
  const evidence = [means.witness(chosen, "p", p.choice, n), means.witness(chosen, "q", q.choice, m)] as const;
  return differenceFromBelow(...evidence, sizes, plan, leastDifference, confidence).value;
}
