import type { Dataset } from "../../data/dataset.js";
import type { Estimate } from "../../divergence/index.js";
import { memberNamed } from "../../family.js";
import { type ClassShare, classShares } from "../../judges/class-shares.js";
import type { ClassifierOptions } from "../../judges/classifier-fields.js";
import { type Classified, classify } from "../../judges/classify.js";
import { type Judge, type JudgedRows, judges } from "../../judges/index.js";
import { type Classifier, trainClassifier } from "../../judges/train-classifier.js";
import { buffersOf } from "../../workers/buffers.js";
import type { WorkerFunction } from "../../workers/worker-pool.js";

/** Rows with labels, and how a classifier learns them. */
export interface Lesson {
  readonly dataset: Dataset;
  readonly options: ClassifierOptions & { readonly seed: number };
}

export const trainJudges: WorkerFunction<Lesson, Classifier> = {
  name: "trainJudges",
  run: (engine, { dataset, options }) => trainClassifier(engine, dataset, options),
};

/** Rows for a classifier, float32 [rows, dimension]. */
export interface Unseen {
  readonly classifier: Classifier;
  readonly points: Float32Array;
}

export const classifyRows: WorkerFunction<Unseen, Classified> = {
  name: "classifyRows",
  run: (engine, { classifier, points }) => classify(engine, classifier, points),
  transfer: ({ features, probabilities, predicted }) => buffersOf([features, probabilities, predicted]),
};

/** Samples and data in the eyes of a classifier, and who judges them. */
export interface Case {
  /** Name of a judge. */
  readonly judge: string;
  readonly samples: JudgedRows;
  readonly data: JudgedRows;
  readonly seed: number;
}

export const judgeRows: WorkerFunction<Case, Estimate | null> = {
  name: "judgeRows",
  run: (engine, { judge, samples, data, seed }) => judgeOf(judge).evaluate(engine, samples, data, { seed }),
};

/** How often the classifier finds each class. */
export const shareClasses: WorkerFunction<Pick<Case, "samples" | "seed">, ClassShare[]> = {
  name: "shareClasses",
  run: (engine, { samples, seed }) => classShares(engine, samples, seed),
};

/** The judge with a name. Throws ArgumentError for a name that no judge has. */
export function judgeOf(name: string): Judge {
  return memberNamed<Judge>(judges, "judge", name);
}
