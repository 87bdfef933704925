import { placesOf } from "../../judges/classes.js";
import type { JudgedRows } from "../../judges/index.js";
import { beginStage } from "../progress.js";
import { type Computed, ifComputed, isNotComputed, type Part, without } from "../result/not-computed.js";
import type { ExperimentResult } from "../result/schema.js";
import { attempt, finite } from "./attempt.js";
import { comparedIn, lostInFloat32 } from "./compared.js";
import { classifyRows, judgeOf, judgeRows, shareClasses, trainJudges } from "./judge-tasks.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";

type Judged = Computed<ExperimentResult["judged"]>;
type Score = Judged["scores"][string];
type Estimate = Computed<Judged["classifier"]["accuracy"]>;

/**
 * What a classifier of the training rows says of the samples, beside what it says of held-out rows and of the reference's samples; undefined where the
 * config names no judges.
 */
export async function judgeSamples(
  run: ReadyRun,
  drawn: Part<DrawnSamples>,
  reference: Part<DrawnSamples> | undefined,
): Promise<ExperimentResult["judged"]> {
  const { judges: names } = run.config.evaluation;
  if (!names) return undefined;
  return attempt(async () => {
    const lost = lostInFloat32(run);
    if (lost) throw lost;
    const advance = beginStage(run.onProgress, "judges", names.length + 1);
    let done = 0;
    const seen = await see(run, drawn, reference);
    advance(++done);
    const scored = names.map(async (name) => {
      const score = await scoreOf(run, name, seen);
      advance(++done);
      return [name, score] as const;
    });
    const [scores, accuracy, histogram] = await Promise.all([
      Promise.all(scored),
      attempt(() => accuracyOf(run, seen)),
      attempt(() => histogramOf(run, seen)),
    ]);
    const { featureWidth, predicted } = seen.data;
    return {
      classifier: { accuracy, features: featureWidth, rows: predicted.length },
      scores: Object.fromEntries(scores),
      histogram,
    };
  });
}

/** All that is judged, in the eyes of one classifier. */
interface Seen {
  readonly classes: Int32Array;
  readonly samples: Part<JudgedRows>;
  readonly reference: Part<JudgedRows> | undefined;
  /** As many as there are samples, in their place: what perfect ones would score. */
  readonly heldOut: JudgedRows;
  /** Training rows: what all others are compared with. */
  readonly data: JudgedRows;
}

async function see(run: ReadyRun, drawn: Part<DrawnSamples>, reference: Part<DrawnSamples> | undefined): Promise<Seen> {
  const { config, prepared, pool, signal } = run;
  const { samples: most, classifier: options } = config.evaluation;
  const { labels, imageShape } = prepared.data.train;
  const { dimension, federated, reference: dense, heldOut, train } = comparedIn(run, "data", drawn, reference);
  const lesson = {
    dataset: { points: train, dimension, ...(labels && { labels }), ...(imageShape && { imageShape }) },
    options: { ...options, seed: config.seed },
  };
  const classifier = await pool.call(trainJudges, lesson, { signal });
  const count = Math.min(config.sampling.count, most, heldOut.length / dimension);
  const { classes } = classifier;
  const rowsOf = async (points: Float32Array, rows: number, asked: Int32Array | undefined): Promise<JudgedRows> => {
    const seen = await pool.call(
      classifyRows,
      { classifier, points: points.subarray(0, rows * dimension) },
      { signal },
    );
    return { ...seen, ...(asked && { asked: placesOf(asked.subarray(0, rows), classes) }) };
  };
  const samplesOf = async (name: string, part: Part<Float32Array>, from: Part<DrawnSamples> | undefined) => {
    if (isNotComputed(part)) return without(name, part);
    return attempt(() => rowsOf(part, count, from && ifComputed(from)?.classes));
  };
  return {
    classes,
    samples: await samplesOf("samples", federated, drawn),
    reference: dense && (await samplesOf("reference.samples", dense, reference)),
    heldOut: await rowsOf(heldOut, count, prepared.data.heldOut.labels),
    data: await rowsOf(train, most, undefined),
  };
}

/** What a judge says of samples, beside the same of held-out rows and of the reference's samples; null where it has nothing to say of the samples. */
async function scoreOf(run: ReadyRun, name: string, seen: Seen): Promise<Score> {
  const [value, floor, reference] = await Promise.all([
    estimateOf(run, name, seen.samples, seen),
    estimateOf(run, name, seen.heldOut, seen),
    seen.reference && estimateOf(run, name, seen.reference, seen),
  ]);
  if (value === null || floor === null) return null;
  return { ...value, better: judgeOf(name).better, floor, ...(reference && { reference }) };
}

async function estimateOf(
  { config: { seed }, pool, signal }: ReadyRun,
  judge: string,
  part: Part<JudgedRows>,
  { data }: Seen,
): Promise<Part<Estimate> | null> {
  if (isNotComputed(part)) return part;
  return attempt(async () => {
    const estimate = await pool.call(judgeRows, { judge, samples: part, data, seed }, { signal });
    return estimate && finite(judge, plain(estimate));
  });
}

/** How often the classifier is right about rows that it was not trained on. */
async function accuracyOf({ config: { seed }, pool, signal }: ReadyRun, { heldOut, data }: Seen): Promise<Estimate> {
  const judge = "conditionalAccuracy";
  const estimate = await pool.call(judgeRows, { judge, samples: heldOut, data, seed }, { signal });
  if (!estimate) throw new Error("held-out rows have labels where training rows have some");
  return plain(estimate);
}

async function histogramOf(
  { config: { seed }, pool, signal }: ReadyRun,
  { classes, data, samples }: Seen,
): Promise<Computed<Judged["histogram"]>> {
  const shares = (rows: JudgedRows) => pool.call(shareClasses, { samples: rows, seed }, { signal });
  const [real, drawn] = await Promise.all([shares(data), isNotComputed(samples) ? undefined : shares(samples)]);
  return Array.from(classes, (label, place) => ({
    name: String(label),
    data: real[place],
    ...(drawn && { samples: drawn[place] }),
  }));
}

function plain({ value, low, high }: Estimate): Estimate {
  return { value, low, high };
}
