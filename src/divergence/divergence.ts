import { finiteResult } from "../data/finite.js";
import { requireInteger } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { requireOptions } from "../options.js";
import { commonScale, requireSamples, scaled } from "./samples.js";

/** A divergence with the ends of its 95 % bootstrap interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What the estimate rests on: rows used of each sample, number of projections, kernel bandwidth. */
  readonly details: Readonly<Record<string, number>>;
}

/** What a divergence draws its random numbers from; see `Divergence.evaluate`. */
export interface DivergenceOptions {
  /** Integer in [0, 2^53): decides subsamples, projections and bootstrap weights. The same seed gives the same numbers. */
  readonly seed: number;
}

/** How far two laws are apart, estimated from one sample of each. One file per divergence, plus one line in the index. */
export interface Divergence {
  /** Key in result.json's `measured`. */
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  readonly unit: string;
  /** Paper of the definition and of the interval. */
  readonly source: string;
  /** What becomes of value and interval when all rows are multiplied by c > 0: they stay ("free") or are multiplied by c ("linear"). */
  readonly scaling: "free" | "linear";
  /** Entries of `details` that are lengths in data units. */
  readonly lengths?: readonly string[] | undefined;
  /** Most rows it uses of each sample; of larger ones it takes a seeded subsample. */
  readonly maxRows: number;
  /**
   * `a` and `b` are float32 [n, dimension] and [m, dimension], at least 2 rows each, all finite.
   * Throws FEDSCORE_NON_FINITE naming the sample and row of the first NaN or Infinity. All numbers of the estimate are finite.
   */
  evaluate(engine: Engine, a: Float32Array, b: Float32Array, dimension: number, options: DivergenceOptions): Estimate;
}

/**
 * A divergence whose name is a type of its own, and which checks its arguments. Its `evaluate` is given rows whose largest magnitude
 * lies in [1, 2), or 0: divided by a power of two, so that no digit changes and squares neither overflow nor vanish.
 */
export function divergence<const Name extends string>(definition: Divergence & { readonly name: Name }) {
  const { name, scaling, lengths = [] } = definition;
  return {
    ...definition,
    /** Of two samples, float32 [n, dimension] each: see Divergence. */
    evaluate(...[engine, a, b, dimension, options]: Parameters<Divergence["evaluate"]>): Estimate {
      requireEngine(engine);
      requireSamples({ a, b }, dimension);
      requireInteger("seed", requireOptions("options", options, ["seed"]).seed, 0);
      const scale = commonScale(a, b);
      const [x, y] = [scaled(a, scale), scaled(b, scale)];
      const { value, low, high, details } = definition.evaluate(engine, x, y, dimension, options);
      const unit = scaling === "free" ? 1 : scale;
      const inUnits = (key: string, number: number) => number * (lengths.includes(key) ? scale : 1);
      const entries = Object.entries(details).map(([key, number]) => [
        key,
        finiteResult(`${name}.${key}`, inUnits(key, number)),
      ]);
      return {
        value: finiteResult(name, value * unit),
        low: finiteResult(`${name}.low`, low * unit),
        high: finiteResult(`${name}.high`, high * unit),
        details: Object.fromEntries(entries),
      };
    },
  };
}
