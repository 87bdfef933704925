import type { Dataset } from "../data/dataset.js";
import type { Model } from "../model/model.js";
import type { Table } from "../tables/column.js";
import type { SamplingGrid } from "./prepare/sampling-grid.js";
import { ifComputed, isNotComputed, type Part, without } from "./result/not-computed.js";
import type { ExperimentResult } from "./result/schema.js";
import { attempt } from "./stages/attempt.js";
import { boundLaw } from "./stages/bound-law.js";
import { boundRun, boundsWithoutGrid } from "./stages/bound-run.js";
import { type CalibratedModel, calibrateModel, uncalibrated } from "./stages/calibrate.js";
import { describeRun } from "./stages/describe-run.js";
import { evaluate } from "./stages/evaluate.js";
import { judgeSamples } from "./stages/judge.js";
import { judgeRunTable } from "./stages/judge-run-table.js";
import type { ReadyRun } from "./stages/ready-run.js";
import { type DrawnSamples, drawSamples, modelOf, samplingGrid } from "./stages/sample.js";
import { trainFederation, trainReference } from "./stages/train.js";

/** All that a run gives. Samples are float32 [count, dimension] in the space of the data; undefined where there are none. */
export interface RunOutcome {
  readonly result: ExperimentResult;
  readonly model: Model;
  readonly samples: Float32Array | undefined;
  /** The rows of a table that they stand for; undefined: it is none, or its calibration failed. */
  readonly rows: Table | undefined;
  readonly referenceSamples: Float32Array | undefined;
  readonly heldOut: Dataset;
}

/**
 * Trains the federation of a run and keeps its model; then trains the reference, samples both, measures, bounds, and puts the result together.
 * Whatever of this fails in its numbers says so in its place of the result, and the rest goes on.
 */
export async function execute(run: ReadyRun): Promise<RunOutcome> {
  const { prepared, federation, reference, keeper } = run;
  const history = await trainFederation(run);
  keeper?.model(modelOf(run, federation));
  const referenceHistory = reference && (await attempt(() => trainReference(run, reference)));
  const grid = await attempt(() => samplingGrid(run));
  const trained = modelOf(run, federation, ifComputed(grid)?.spec);
  const { model, calibration } = isNotComputed(grid) ? uncalibrated(trained) : await calibrateModel(run, trained);
  if (!prepared.grid || model !== trained) keeper?.model(model);
  run.watcher?.onModel?.(model);
  const { drawn, referenceDrawn, referenceCalibration } = await drawAll(run, model, grid, referenceHistory);
  const measured = await evaluate(run, drawn, referenceDrawn);
  const judged = await judgeSamples(run, drawn, referenceDrawn);
  const table = await judgeRunTable(run, { drawn, referenceDrawn, calibration, referenceCalibration });
  const bounds = isNotComputed(grid) ? boundsWithoutGrid(run, grid) : await boundRun(run, model, grid, drawn, history);
  const dataLaw = await boundLaw(run, model, grid, drawn);
  const found = { history, referenceHistory, grid, drawn, referenceDrawn, measured, judged, table, ...bounds, dataLaw };
  return {
    result: describeRun(run, found),
    model,
    samples: ifComputed(drawn)?.samples,
    rows: isNotComputed(calibration) ? undefined : ifComputed(drawn)?.table,
    referenceSamples: referenceDrawn && ifComputed(referenceDrawn)?.samples,
    heldOut: prepared.data.heldOut,
  };
}

interface AllDrawn {
  readonly drawn: Part<DrawnSamples>;
  /** Undefined where the config asks for no reference. */
  readonly referenceDrawn: Part<DrawnSamples> | undefined;
  readonly referenceCalibration?: CalibratedModel["calibration"];
}

/** Samples of the network and of its reference, as far as there are a grid and a trained reference. */
async function drawAll(
  run: ReadyRun,
  model: Model,
  grid: Part<SamplingGrid>,
  trained: Part<unknown> | undefined,
): Promise<AllDrawn> {
  const { reference } = run;
  if (isNotComputed(grid)) {
    const missing = without("grid", grid);
    return { drawn: missing, referenceDrawn: reference && missing };
  }
  if (!reference || isNotComputed(trained)) {
    const [drawn] = await drawSamples(run, [model]);
    return { drawn, referenceDrawn: isNotComputed(trained) ? without("reference", trained) : undefined };
  }
  const dense = await calibrateModel(run, modelOf(run, reference, grid.spec));
  const [drawn, referenceDrawn] = await drawSamples(run, [model, dense.model]);
  return { drawn, referenceDrawn, referenceCalibration: dense.calibration };
}
