import { summedMoments } from "../../src/data/moments.js";
import { fitTransforms, type Transform, type TransformSpec } from "../../src/data/transforms/index.js";
import { parameterizations } from "../../src/diffusion/parameterizations/index.js";
import { createSchedule } from "../../src/diffusion/schedules/index.js";
import type { FixedGridConfig } from "../../src/experiment/config/diffusion.js";
import type { ExperimentConfig } from "../../src/experiment/config/schema.js";
import type { Engine } from "../../src/kernels/index.js";
import type { Model } from "../../src/model/model.js";
import { initializeParameters } from "../../src/network/initialize.js";
import { activations } from "../../src/network/network-fields.js";
import { layoutOf, type NetworkSpec } from "../../src/network/spec.js";
import { testNumbers } from "./numbers.js";

/** Dimension of the data of every model here. */
export const dataDimension = 5;

const names = Object.values(parameterizations).map(({ name }) => name) as readonly NetworkSpec["parameterization"][];

/** Narrow ones lie on one side of OU time 1. */
const schedules: readonly { readonly schedule: ExperimentConfig["schedule"]; readonly narrow?: true }[] = [
  { schedule: { kind: "vp-linear", betaMin: 0.1, betaMax: 20, tMin: 0.001 } },
  { schedule: { kind: "vp-cosine", tMin: 0.005, tMax: 0.995 } },
  { schedule: { kind: "ou", tMin: 0.01, tMax: 4 } },
  { schedule: { kind: "vp-linear", betaMin: 0.5, betaMax: 1.5, tMin: 0.02 }, narrow: true },
  { schedule: { kind: "vp-cosine", tMin: 0.1, tMax: 0.6 }, narrow: true },
  { schedule: { kind: "ou", tMin: 1.1, tMax: 3 }, narrow: true },
];

const transforms: readonly (readonly TransformSpec[])[] = [
  [],
  [{ kind: "standardize" }],
  [{ kind: "standardize", scale: "global" }],
  [{ kind: "pca", components: 3 }],
  [{ kind: "pca", components: 4, whiten: true }],
  [{ kind: "pca", components: dataDimension, whiten: true }],
  [
    { kind: "pca", components: 2 },
    { kind: "standardize", scale: "global" },
  ],
];

/** 9, 13 and 21 are the width of the input for some number of noise features: the first layer never joins it. */
const widths: readonly (readonly number[])[] = [
  [16],
  [8, 8],
  [9, 9, 7],
  [7, 9, 9, 9],
  [1],
  [33, 33],
  [13, 13],
  [4, 8, 4],
  [21, 21, 21],
  [64, 64, 64],
  [128, 128],
];

const features = [4, 2, 8, 16, 32];

const conditionings: readonly Partial<NetworkSpec>[] = [
  {},
  { conditioning: "film" },
  { conditioning: "film", normalization: "rms", classes: 3 },
  { conditioning: "film", classes: 2 },
  { conditioning: "film", normalization: "rms" },
];

/** Fresh modulations are 0, as if there were none: numbers in their place. */
function withModulations(network: NetworkSpec, parameters: Float32Array, seed: number): Float32Array {
  for (const { role, fanIn, fanOut, offset } of layoutOf(network).maps) {
    if (role === "layer") continue;
    parameters.set(
      testNumbers((fanIn + 1) * fanOut, seed + 1).map((value) => 0.3 * value),
      offset,
    );
  }
  return parameters;
}

/** Times of a grid, in the interval of the schedule. */
function gridsOf(tMin: number, tMax: number, narrow: boolean): readonly FixedGridConfig[] {
  const middle = (tMin + tMax) / 2;
  return [
    { kind: "uniform", steps: 4 },
    { kind: "uniform-log-snr", steps: 5, start: middle },
    { kind: "karras", steps: 5, rho: 5, end: (tMin + middle) / 2 },
    { kind: "benton", steps: 9 },
    { kind: "geometric-tail", steps: 8, ...(!narrow && { uniformSteps: 3 }) },
    { kind: "geometric-tail", steps: 7 },
    { kind: "user", times: [tMax, middle, tMin] },
  ];
}

function at<Value>(list: readonly Value[], index: number): Value {
  return list[index % list.length];
}

/** Points of a correlated, shifted data set whose last coordinate is constant, float32 [rows, dataDimension]. */
export function testData(rows: number): Float32Array<ArrayBuffer> {
  const noise = testNumbers(rows * dataDimension, 3);
  return noise.map((value, i) => {
    const j = i % dataDimension;
    if (j === dataDimension - 1) return 2;
    return value * (j + 0.5) + (j > 0 ? 0.7 * noise[i - 1] : 0) + 3 - j;
  });
}

function fitted(engine: Engine, specs: readonly TransformSpec[]): Transform {
  const rows = 200;
  const indices = Uint32Array.from({ length: rows }, (_, row) => row);
  return fitTransforms(engine, specs, summedMoments(engine, testData(rows), dataDimension, [indices]));
}

/**
 * Models with every parameterization, activation, residual and schedule in all combinations; transforms, widths, features, conditionings and grids
 * take turns.
 */
export function testModels(engine: Engine): Model[] {
  const combinations = names.flatMap((parameterization) =>
    activations.flatMap((activation) =>
      [false, true].flatMap((residual) =>
        schedules.map((schedule) => ({ parameterization, activation, residual, ...schedule })),
      ),
    ),
  );
  return combinations.map(({ parameterization, activation, residual, schedule, narrow = false }, index) => {
    const transform = fitted(engine, at(transforms, index));
    const network: NetworkSpec = {
      dimension: transform.outputDimension,
      hidden: at(widths, index),
      activation,
      residual,
      noiseFeatures: at(features, Math.floor(index / 3)),
      parameterization,
      sigmaData: 0.5 + (index % 4) / 2,
      ...at(conditionings, Math.floor(index / 5)),
    };
    const { tMin, tMax } = createSchedule(schedule);
    const grids = gridsOf(tMin, tMax, narrow);
    return {
      name: `${parameterization} ${activation} ${residual ? "residual" : "plain"} [${network.hidden}] ${schedule.kind} ${transform.name}`,
      network,
      parameters: withModulations(network, initializeParameters(engine, network, index), index),
      schedule,
      transform,
      sampling: {
        sampler: "ancestral",
        count: 2,
        denoiseLast: index % 2 === 1,
        grid: at(grids, Math.floor(index / 7)),
      },
      seed: index,
    };
  });
}
