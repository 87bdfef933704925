import { finiteResult } from "../data/finite.js";
import type { DivergenceOptions, Estimate } from "../divergence/index.js";
import { requireSamples } from "../divergence/samples.js";
import { requireFloats, requireInteger, requireLength, requireObject, requireTyped } from "../errors.js";
import { type Engine, requireEngine } from "../kernels/index.js";
import { requireOptions } from "../options.js";
import type { Classified } from "./classify.js";

/** Rows as a classifier sees them, and the classes that they were asked for. */
export interface JudgedRows extends Classified {
  /** The class that each row was asked to be of, as its place in the classifier's classes: int32 [rows]. Absent: nobody asked. */
  readonly asked?: Int32Array | undefined;
}

/** How good samples are in the eyes of a classifier. One file per judge, plus one line in the index. */
export interface Judge {
  /** Key in result.json's `judged.scores`. */
  readonly name: string;
  /** Heading for people. */
  readonly title: string;
  /** Paper of the definition. */
  readonly source: string;
  /** Which way is good. */
  readonly better: "higher" | "lower";
  /**
   * Value and 95 % bootstrap interval for samples of at least 2 rows beside data of at least 2, seen by the same classifier; null where the judge has
   * nothing to say of such rows. Throws FEDSCORE_NON_FINITE naming a row with NaN or Infinity.
   */
  evaluate(engine: Engine, samples: JudgedRows, data: JudgedRows, options: DivergenceOptions): Estimate | null;
}

/** A judge whose name is a type of its own, and which checks its arguments. */
export function judge<const Name extends string>(definition: Judge & { readonly name: Name }) {
  const { name } = definition;
  return {
    ...definition,
    /** Of samples beside data: see Judge. */
    evaluate(...[engine, samples, data, options]: Parameters<Judge["evaluate"]>): Estimate | null {
      requireEngine(engine);
      requireJudged("samples", samples);
      requireJudged("data", data);
      requireInteger("options.seed", requireOptions("options", options, ["seed"]).seed, 0);
      requireLike(samples, data);
      const estimate = definition.evaluate(engine, samples, data, options);
      if (estimate) for (const key of ["value", "low", "high"] as const) finiteResult(`${name}.${key}`, estimate[key]);
      return estimate;
    },
  };
}

function requireJudged(argument: string, rows: JudgedRows): void {
  const { features, featureWidth, probabilities, predicted, asked } = requireObject(argument, rows);
  requireInteger(`${argument}.featureWidth`, featureWidth, 1);
  requireSamples({ [`${argument}.features`]: features }, featureWidth);
  requireFloats(`${argument}.probabilities`, probabilities);
  requireTyped(`${argument}.predicted`, predicted, Int32Array);
  requireLength(`${argument}.predicted`, predicted, features.length / featureWidth);
  requireInteger(`${argument}.probabilities.length / rows`, probabilities.length / predicted.length, 2);
  if (asked === undefined) return;
  requireTyped(`${argument}.asked`, asked, Int32Array);
  requireLength(`${argument}.asked`, asked, predicted.length);
}

function requireLike(samples: JudgedRows, data: JudgedRows): void {
  requireInteger("samples.featureWidth", samples.featureWidth, data.featureWidth, data.featureWidth);
  requireInteger("classes of samples", classCount(samples), classCount(data), classCount(data));
}

/** How many classes rows are sorted into. */
export function classCount({ probabilities, predicted }: JudgedRows): number {
  return probabilities.length / predicted.length;
}
