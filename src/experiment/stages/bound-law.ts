import { samplerName } from "../../diffusion/samplers/index.js";
import type { Model } from "../../model/model.js";
import { derivedSeed } from "../../theory/certificate/seed.js";
import { coderFor } from "../../theory/coding-samplers.js";
import { medianBandwidth } from "../../theory/data-law/bandwidth.js";
import { type LawKlCurve, lawKlCurve } from "../../theory/data-law/kl-curve.js";
import { type MmdInterval, mmdInterval } from "../../theory/data-law/mmd-interval.js";
import { type TotalVariationBound, totalVariationLowerBound } from "../../theory/data-law/total-variation.js";
import { leastCompared } from "../config/row-counts.js";
import type { SamplingGrid } from "../prepare/sampling-grid.js";
import { beginStage } from "../progress.js";
import { isNotComputed, type Part, without } from "../result/not-computed.js";
import { attempt, finite } from "./attempt.js";
import type { ReadyRun } from "./ready-run.js";
import type { DrawnSamples } from "./sample.js";
import { whoIsAsked, withAssumptions } from "./what-is-bounded.js";

/** What rows certify about the law of the data; see docs/theory.md, 5. */
export interface LawBounds {
  readonly kl: Part<LawKlCurve>;
  readonly mmd: Part<MmdInterval>;
  readonly totalVariation: Part<TotalVariationBound>;
}

/** Rows of a sample that all pairs are met of: at most so many, and at most pairWork / dimension pairs. */
const mostRows = 10_000;
const pairWork = 5e9;
const tooFew = "FEDSCORE_INVALID_DATA" as const;
/** Progress of each of the three parts is told in as many units. */
const units = 1000;

/**
 * Bounds on how far the law of the samples is from the LAW of data that are known by rows alone, from rows that nothing was fitted to. Each of them says
 * why where it could not be computed. Undefined where the law is known, which the certificate is about then, or where the config asks for no certificate.
 */
export async function boundLaw(
  run: ReadyRun,
  model: Model,
  grid: Part<SamplingGrid>,
  drawn: Part<DrawnSamples>,
): Promise<LawBounds | undefined> {
  const { config, prepared, onProgress } = run;
  if (!config.certificate || "law" in prepared.law) return undefined;
  const { confidence } = config.certificate;
  const advance = beginStage(onProgress, "law", 3 * units);
  const watched = (part: number) => ({
    confidence,
    signal: run.signal,
    onAdvance: (done: number, of: number) => advance(Math.floor(units * (part + done / of))),
  });
  const kl = isNotComputed(grid)
    ? without("grid", grid)
    : await attempt(async () => finite("dataLaw.kl", await klOf(run, model, grid, watched(0))));
  if (isNotComputed(drawn)) {
    const missing = without("samples", drawn);
    return { kl, mmd: missing, totalVariation: missing };
  }
  const rows = prepared.heldOut.length / prepared.network.dimension;
  if (rows < leastCompared) {
    const few = { notComputed: `takes ${leastCompared} held-out rows, data.heldOut gives ${rows}`, code: tooFew };
    return { kl, mmd: few, totalVariation: few };
  }
  const compared = comparedRows(run, drawn);
  const mmd = await attempt(async () => finite("dataLaw.mmd", await mmdOf(run, compared, watched(1))));
  const totalVariation = await attempt(async () =>
    finite("dataLaw.totalVariation", await totalVariationLowerBound(run.pool, compared, watched(2))),
  );
  return { kl, mmd, totalVariation };
}

type Watched = NonNullable<Parameters<typeof mmdInterval>[2]>;

/** Half of the cost is the network's, at every level of the grid; all held-out rows take part unless there are more than the certificate's paths. */
function klOf({ config, prepared, pool }: ReadyRun, model: Model, { grid }: SamplingGrid, watched: Watched) {
  const { schedule, heldOut, points } = prepared;
  const { dimension } = prepared.network;
  const most = rowsForPairs(dimension) * dimension;
  // Rows that a transform was fitted to are not independent draws of the law that it makes.
  const all = config.transforms.length === 0 ? joined(heldOut, points.subarray(0, most)) : heldOut;
  const request = {
    schedule,
    grid,
    sampler: coderFor(samplerName(model.sampling.sampler), dimension),
    heldOut: { points: heldOut, dimension },
    entropyRows: { points: all.subarray(0, most), dimension },
    denoiser: { spec: model.network, parameters: model.parameters },
    seed: derivedSeed(config.seed, "law"),
  };
  const curve = lawKlCurve(pool, request, {
    ...watched,
    ...(config.certificate && { rows: config.certificate.paths }),
  });
  return curve.then((kl) => withAssumptions(kl, whoIsAsked(request.denoiser, "curve")));
}

interface ComparedRows {
  readonly data: Float32Array;
  readonly samples: Float32Array;
  readonly dimension: number;
  readonly seed: number;
}

/** Held-out rows and samples as the run draws them, in the coordinates of the network. */
function comparedRows({ config, prepared }: ReadyRun, { latent }: DrawnSamples): ComparedRows {
  const { dimension } = prepared.network;
  const most = rowsForPairs(dimension) * dimension;
  return {
    data: prepared.heldOut.subarray(0, most),
    samples: latent.subarray(0, most),
    dimension,
    seed: derivedSeed(config.seed, "law"),
  };
}

async function mmdOf({ prepared, pool, signal }: ReadyRun, compared: ComparedRows, watched: Watched) {
  const { dimension, seed } = compared;
  const rows = { points: prepared.points, dimension };
  const bandwidth = await medianBandwidth(pool, { rows, seed }, { signal });
  return mmdInterval(pool, { ...compared, bandwidth }, watched);
}

function rowsForPairs(dimension: number): number {
  return Math.min(mostRows, Math.floor(Math.sqrt(pairWork / dimension)));
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const all = new Float32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
