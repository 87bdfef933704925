import { type SampleStep, sample } from "../../diffusion/sample.js";
import { samplerName } from "../../diffusion/samplers/index.js";
import type { PreparedRun } from "../../experiment/prepare/prepare-run.js";
import type { Engine } from "../../kernels/index.js";
import type { Model } from "../../model/model.js";
import { requestOf, type SampleChoice, sampleOptionsOf } from "../../model/sample-request.js";
import { layoutOf } from "../../network/spec.js";
import type { Trajectory } from "./messages.js";

const mostPoints = 500;
const images = 24;
const mostFrames = 48;
/** Steps of what is drawn while a run trains. */
const previewSteps = 40;
/** Multiply-adds that a preview may cost: some tens of milliseconds. */
const previewWork = 3e8;
const mostDataPoints = 1500;

/** Samples of a model that is still trained, by the plain sampler on a grid of few steps. */
export function previewOf(engine: Engine, model: Model, prepared: PreparedRun, round: number): Trajectory {
  const grid = { kind: "uniform-log-snr", steps: previewSteps } as const;
  const affordable = Math.floor(previewWork / (previewSteps * layoutOf(model.network).size));
  const count = Math.max(8, Math.min(countOf(prepared), affordable));
  return trajectoryOf(engine, model, prepared, { grid, count, sampler: "ancestral" }, round);
}

/** Samples of the trained model as its run draws them: its first ones. */
export function finalOf(engine: Engine, model: Model, prepared: PreparedRun): Trajectory {
  const count = Math.min(model.sampling.count, countOf(prepared));
  return trajectoryOf(engine, model, prepared, { count }, undefined);
}

function countOf({ data }: PreparedRun): number {
  return data.train.imageShape ? images : mostPoints;
}

function trajectoryOf(
  engine: Engine,
  model: Model,
  prepared: PreparedRun,
  choice: SampleChoice & { readonly count: number },
  round: number | undefined,
): Trajectory {
  const seen: SampleStep[] = [];
  const last = sample(engine, {
    ...sampleOptionsOf(engine, requestOf(model, choice), 0),
    onStep: (step) => void seen.push(step),
  });
  const every = Math.ceil(seen.length / mostFrames);
  const kept = seen.filter((_, index) => (seen.length - 1 - index) % every === 0);
  const states = [...kept.slice(0, -1).map(({ x }) => x), last];
  return {
    round,
    sampler: samplerName(choice.sampler ?? model.sampling.sampler),
    count: choice.count,
    snr: kept.map(({ snr }) => snr),
    picture: pictureOf(states, prepared),
  };
}

function pictureOf(states: readonly Float32Array[], { data, transform, heldOut, network }: PreparedRun) {
  const { imageShape } = data.train;
  if (imageShape) {
    const frames = states.map((state) => greyOf(transform.inverse(state)));
    return { kind: "images", frames, shape: imageShape } as const;
  }
  const { dimension } = network;
  const plane = (rows: Float32Array) => inPlane(rows, dimension);
  const shown = heldOut.subarray(0, mostDataPoints * dimension);
  return { kind: "points", frames: states.map(plane), data: plane(shown), dimension } as const;
}

function greyOf(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** float32 [n, 2]: the first two coordinates; on a line the second is 0. */
function inPlane(rows: Float32Array, dimension: number): Float32Array {
  const count = rows.length / dimension;
  const plane = new Float32Array(2 * count);
  for (let row = 0; row < count; row++) {
    plane[2 * row] = rows[row * dimension];
    if (dimension > 1) plane[2 * row + 1] = rows[row * dimension + 1];
  }
  return plane;
}

/** Buffers of a trajectory, which are moved to the page. */
export function buffersOfTrajectory({ picture }: Trajectory): ArrayBufferLike[] {
  return picture.frames.map(({ buffer }) => buffer);
}
