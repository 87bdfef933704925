import type { Dataset } from "../data/dataset.js";
import type { Model } from "../model/model.js";
import type { ExperimentResult } from "./result/schema.js";
import { boundRun } from "./stages/bound-run.js";
import { describeRun } from "./stages/describe-run.js";
import { evaluate } from "./stages/evaluate.js";
import type { ReadyRun } from "./stages/ready-run.js";
import { drawSamples, modelOf, samplingGrid } from "./stages/sample.js";
import { train } from "./stages/train.js";

/** All that a run gives. Samples are float32 [count, dimension] in the space of the data. */
export interface RunOutcome {
  readonly result: ExperimentResult;
  readonly model: Model;
  readonly samples: Float32Array;
  readonly referenceSamples: Float32Array | undefined;
  readonly heldOut: Dataset;
}

/** Trains the federation and its reference, samples both, measures, bounds, and puts the result together. */
export async function execute(run: ReadyRun): Promise<RunOutcome> {
  const { prepared, federation, reference } = run;
  const { transform } = prepared;
  const history = await train(run, "training", federation);
  const referenceHistory = reference && (await train(run, "reference", reference));
  const grid = await samplingGrid(run);
  const model = modelOf(run, grid, federation);
  const [latent, referenceLatent] = await drawSamples(
    run,
    reference ? [model, modelOf(run, grid, reference)] : [model],
  );
  const samples = transform.inverse(latent);
  const referenceSamples = referenceLatent && transform.inverse(referenceLatent);
  const measured = await evaluate(run, { samples, referenceSamples, latent, referenceLatent });
  const bounds = await boundRun(run, model, grid, latent, history.dropped);
  const result = describeRun(run, { history, referenceHistory, measured, ...bounds });
  return { result, model, samples, referenceSamples, heldOut: prepared.data.heldOut };
}
