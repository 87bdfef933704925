import { commonScale, scaled } from "../../divergence/samples.js";
import type { Engine } from "../../kernels/index.js";
import { buffersOf } from "../../workers/buffers.js";
import { defineTask } from "../../workers/task.js";
import { witnessFamilies } from "../lower-bound/index.js";
import { type SplitRows, splitRows } from "../lower-bound/split-rows.js";
import type { WitnessRecipe } from "../lower-bound/witness.js";

/** Two samples: plain data. */
export interface ClassifierSetup {
  /** float32 [n, dimension] of P and [m, dimension] of Q. */
  readonly p: Float32Array;
  readonly q: Float32Array;
  readonly dimension: number;
  /** Decides the order of the rows and random directions. */
  readonly seed: number;
}

/** A classifier by its number, fitted and asked about rows of the choice, or fitted to all of the choice and asked about the others. */
export interface ClassifierCall {
  readonly recipe: number;
  readonly on: "comparison" | "evaluation";
}

/** What a classifier says. */
export interface Classified {
  /** How many classifiers there are. */
  readonly recipes: number;
  readonly method: string;
  /** 1 where a row looks more like P, else 0: float64 [rows] of each sample. */
  readonly onP: Float64Array;
  readonly onQ: Float64Array;
}

interface Problem {
  readonly p: SplitRows;
  readonly q: SplitRows;
  readonly recipes: readonly WitnessRecipe[];
}

/** Whether estimates of the log density ratio are above 0, on rows that they were not fitted to. */
export const classifiers = defineTask({
  name: "classifiers",
  open: (engine, setup: ClassifierSetup) => problemOf(engine, setup),
  run: (_engine, problem, call: ClassifierCall) => classified(problem, call),
  transfer: ({ onP, onQ }) => buffersOf([onP, onQ]),
});

function problemOf(engine: Engine, { p, q, dimension, seed }: ClassifierSetup): Problem {
  const scale = commonScale(p, q);
  const [left, right] = [p, q].map((points, sample) =>
    splitRows(engine, scaled(points, scale), dimension, seed, sample),
  );
  const sample = { engine, p: left.fit, q: right.fit, dimension, seed };
  return { p: left, q: right, recipes: witnessFamilies.flatMap((family) => family.recipes(sample)) };
}

function classified({ p, q, recipes }: Problem, { recipe, on }: ClassifierCall): Classified {
  const chosen = recipes[recipe];
  const witness = on === "comparison" ? chosen.fit(p.fit, q.fit) : chosen.fit(p.choice, q.choice);
  const decide = (rows: Float32Array) => witness(rows).map((value) => (value > 0 ? 1 : 0));
  return { recipes: recipes.length, method: chosen.method, onP: decide(p[on]), onQ: decide(q[on]) };
}
