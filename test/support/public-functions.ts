import * as data from "../../src/entries/data.js";
import * as diffusion from "../../src/entries/diffusion.js";
import * as divergence from "../../src/entries/divergence.js";
import * as experiment from "../../src/entries/experiment.js";
import * as federation from "../../src/entries/federation.js";
import * as kernels from "../../src/entries/kernels.js";
import * as model from "../../src/entries/model.js";
import * as nats from "../../src/entries/nats.js";
import * as privacy from "../../src/entries/privacy.js";
import * as pruning from "../../src/entries/pruning.js";
import * as report from "../../src/entries/report.js";
import * as tables from "../../src/entries/tables.js";
import * as targets from "../../src/entries/targets.js";
import * as theory from "../../src/entries/theory.js";
import * as workers from "../../src/entries/workers.js";
import { isFedscoreError } from "../../src/errors.js";
import * as fedscore from "../../src/index.js";

const entries = {
  ...{ fedscore, data, diffusion, divergence, experiment, federation, kernels, model },
  ...{ nats, privacy, pruning, report, tables, targets, theory, workers },
};

export type Callable = (...parameters: readonly unknown[]) => unknown;

/** Every function and class of the entries, once; classes as functions that make an instance. */
export const publicFunctions = new Map<string, Callable>(
  Object.values(entries).flatMap((entry) =>
    Object.entries(entry).flatMap(([name, value]: [string, unknown]): [string, Callable][] =>
      typeof value === "function" ? [[name, callable(value)]] : [],
    ),
  ),
);
for (const { name, evaluate } of Object.values(divergence.divergences))
  publicFunctions.set(`${name}.evaluate`, callable(evaluate));
for (const { name, evaluate } of Object.values(divergence.judges))
  publicFunctions.set(`judges.${name}.evaluate`, callable(evaluate));
for (const { name, evaluate } of Object.values({ ...tables.columnMeasures, ...tables.pairMeasures }))
  publicFunctions.set(`${name}.evaluate`, callable(evaluate));
for (const { name, generate } of Object.values(tables.baselines))
  publicFunctions.set(`${name}.generate`, callable(generate));

function callable(value: object): Callable {
  const isClass = String(value).startsWith("class");
  return (...parameters) =>
    isClass ? Reflect.construct(value as never, parameters) : Reflect.apply(value as never, undefined, parameters);
}

publicFunctions.set("prepareExperiment", async (...parameters) => {
  const prepared: experiment.Experiment = await Reflect.apply(experiment.prepareExperiment, undefined, parameters);
  await prepared.close();
});

/** Whole runs, which their signal ends as they begin. */
for (const run of [experiment.runExperiment, experiment.runSweep])
  publicFunctions.set(run.name, async (...parameters) => {
    try {
      return await Reflect.apply(run, undefined, parameters);
    } catch (error) {
      if (isFedscoreError(error) && error.code === "FEDSCORE_ABORTED") return undefined;
      throw error;
    }
  });

/** What it says of an update, which may be of anybody's making. */
publicFunctions.set("checkBlockUpdate", (...parameters) => {
  try {
    return Reflect.apply(federation.checkBlockUpdate, undefined, parameters);
  } catch (error) {
    if (isFedscoreError(error) && error.code === "FEDSCORE_WORKER") return undefined;
    throw error;
  }
});

/** What they are given as measured, or measure, may be NaN or infinite, and is handed on beside a reason; the others answer finite numbers. */
export const handOnNonFinite: readonly string[] = ["aprioriReport", "gradientReport", "measureClient", "trainLocally"];

/** Not called with wrong kinds: by the reason. */
export const exempt: Readonly<Record<string, readonly string[]>> = {
  "arithmetic of pointers, in inner loops of kernels' callers": ["atFloat32", "atFloat64"],
  "are made by instantiate and by an Arena": ["Arena", "Float32Block"],
  "what runs in workers, on what openTraining and a federation have checked": ["runBlocks", "serve"],
  "is called by discretizationOf and optimalGridIndices, which check the curve": ["diagonalStepCost"],
  "takes any value": ["ArgumentError", "ArgumentTypeError", "FedscoreError", "isFedscoreError", "isNotComputed"],
  "is made by ComlinkPool.start": ["ComlinkPool"],
  "work with a server: test/remote has what they refuse": [
    "aggregateFederation",
    "joinFederation",
    "natsPool",
    "natsTransport",
    "serveNats",
  ],
};
